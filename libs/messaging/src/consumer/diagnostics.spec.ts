import { watchPoints } from '@waybill/observability/testing';
import type { WatchedPoints } from '@waybill/observability/testing';

import type { BrokerRecord } from '../broker.js';
import type { ReceivedMessage } from '../received-message.js';
import { EngineSetup } from '../testing/engine-setup.js';
import type { CallPoint, MessagesHandle, RecordsReceived } from './diagnostics.js';

const POINTS = [
  'waybill:records:received',
  'waybill:messages:handle',
  'waybill:call:begin',
  'waybill:call:end',
] as const;

const idOf = ({ headers }: BrokerRecord): string => String(headers['ce_id']);
const idsOf = (messages: readonly ReceivedMessage[]): string => messages.map(({ envelope }) => envelope.id).join(' ');

describe('the diagnostic points of a consumer', () => {
  let setup: EngineSetup;
  let watched: WatchedPoints;
  beforeEach(async () => {
    setup = new EngineSetup();
    watched = watchPoints(...POINTS);
    await setup.publish(['a', '1', 'one']);
  });
  afterEach(async () => {
    watched.stop();
    await setup.stop();
  });

  /** `where` + the ids it was told of. */
  const told = (): readonly string[] =>
    watched.told.map(({ point, message }) => {
      // Each channel's messages are of one type.
      if (point === 'waybill:records:received')
        return `received ${(message as RecordsReceived).records.map(idOf).join(' ')}`;
      if (point === 'waybill:messages:handle') return `handle ${idsOf((message as MessagesHandle).messages)}`;
      const { handler, message: called } = message as CallPoint;
      return `${point} ${handler} ${called.envelope.id}`;
    });

  it('tell of a record that has come, and of the transaction that handles it', async () => {
    let tx: unknown;
    await setup.start('single', (_, context) => {
      ({ tx } = context);
    });
    await setup.acknowledged(1);
    expect(told()).toEqual(['received one', 'handle one']);
    expect(watched.told[1]?.message).toMatchObject({ group: 'g', transaction: tx });
  });

  it.each([
    ['succeeds', async () => 'done'],
    ['fails', async () => Promise.reject(new Error('no'))],
  ])('tell when an outside call begins, and when it ends, if it %s', async (_, call) => {
    await setup.start('outside-call', (messages) => setup.plan(messages, call), { retry: { immediateAttempts: 1 } });
    await setup.acknowledged(1);
    expect(told().slice(0, 4)).toEqual([
      'received one',
      'handle one',
      'waybill:call:begin Notes.take one',
      'waybill:call:end Notes.take one',
    ]);
  });

  it('tell of the transaction that concludes a call', async () => {
    await setup.start('outside-call', (messages) => setup.plan(messages, async () => 'done'));
    await setup.acknowledged(1);
    expect(told().slice(4)).toEqual(['handle one']);
  });
});
