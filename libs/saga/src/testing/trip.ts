import type { MessageContract } from '@waybill/messaging';

import { defineSaga } from '../define-saga.js';
import { done, failed, send } from '../saga-definition.js';

export interface Trip {
  readonly paid?: string;
}

/** A contract that takes any data. */
export function anyContract(name: string): MessageContract<Record<string, string>> {
  return {
    kind: 'event',
    topic: 'trips',
    name,
    version: 1,
    type: `${name}.v1`,
    upcasters: new Map(),
    personal: [],
    parse: (data) => data as Record<string, string>, // a test contract: checks nothing
  };
}

const refusal = (reply: Record<string, string>) => ({ code: reply['code'] ?? 'REFUSED', message: 'refused' });

/** What a definition may put into a command by mistake, as it is an object like any other. */
const theirs = { id: 'theirs', step: 'theirs', phase: 'theirs' };

const step = (name: string) => ({
  name,
  command: () => ({ ...send(anyContract(`${name}.do`), {}), ...theirs }),
  replies: [
    done<Trip, Record<string, string>>(anyContract(`${name}.done`), { satisfies: (_, { unasked }) => !unasked }),
    failed<Trip, Record<string, string>>(anyContract(`${name}.failed`), refusal),
  ],
  compensation: {
    command: () => send(anyContract(`${name}.undo`), {}),
    maxAttempts: 4,
    replies: [
      done<Trip, Record<string, string>>(anyContract(`${name}.undone`)),
      failed<Trip, Record<string, string>>(anyContract(`${name}.undo-failed`), refusal),
    ],
  },
});

/** Three steps that can be undone, then the point of no return. */
export const trip = (version = 1) =>
  defineSaga<Trip>('trip', version, {
    steps: [
      step('pay'),
      step('book'),
      step('ship'),
      {
        name: 'confirm',
        pivot: true,
        command: () => send(anyContract('confirm.do'), {}),
        replies: [done(anyContract('confirm.done')), failed(anyContract('confirm.failed'), refusal)],
      },
    ],
  });
