import { Inject, Injectable, Optional } from '@nestjs/common';
import { byIndexAlone, Database } from '@waybill/database';
import { Monitor } from '@waybill/observability';
import type { MonitorSource, Sample } from '@waybill/observability';

import { deadLettersByHandler, deadLettersByReason, measureDeadLetters } from './sql/measure-dead-letters.js';
import type { DeadLetterCounts, HandlerCount, ReasonCount } from './sql/measure-dead-letters.js';
import { DEAD_LETTER_OPTIONS } from './tokens.js';
import type { DeadLetterOptions } from './tokens.js';

/** Where counting ends; a higher depth reads as this one. */
const MOST_COUNTED = 10_000;
/** The rest is shown as one: a type is whatever text a sender has put there. */
const MOST_HANDLERS = 50;
const RECENT_MS = 300_000;

/** Says how many dead letters and parked keys there are, how fast they come, and how long keys have been parked. */
@Injectable()
export class DeadLetterMonitor implements MonitorSource {
  readonly name = 'dlq';
  readonly gauges = [
    { name: 'waybill_dead_letters', help: 'Dead letters, counted up to 10,000', labels: ['group'] },
    {
      name: 'waybill_dead_letters_by_handler',
      help: 'The newest 10,000 of them by type and handler; type "other" is what has no place among the first 50',
      labels: ['group', 'type', 'handler'],
    },
    {
      name: 'waybill_dead_letters_by_reason',
      help: 'The newest 10,000 of them by the reason for which they died, at most 50 reasons',
      labels: ['group', 'reason'],
    },
    {
      name: 'waybill_dead_letters_recent',
      help: 'Those that died within five minutes, counted up to 10,000',
      labels: ['group'],
    },
    { name: 'waybill_parked_keys', help: 'Keys whose messages wait, counted up to 10,000', labels: ['group'] },
    { name: 'waybill_parked_key_oldest_seconds', help: 'How long one of them has been parked', labels: ['group'] },
  ];

  constructor(
    private readonly database: Database,
    @Inject(DEAD_LETTER_OPTIONS) private readonly options: DeadLetterOptions,
    @Optional() monitor?: Monitor,
  ) {
    monitor?.register(this);
  }

  async read(): Promise<readonly Sample[]> {
    const { group } = this.options;
    const [counts, byHandler, byReason] = await this.database.transaction(async (tx) => {
      const set = tx.query(byIndexAlone); // one burst, in this order
      const [rows, handlers, reasons] = await Promise.all([
        tx.query<DeadLetterCounts>(measureDeadLetters, [group, MOST_COUNTED, RECENT_MS]),
        tx.query<HandlerCount>(deadLettersByHandler, [group, MOST_COUNTED, MOST_HANDLERS]),
        tx.query<ReasonCount>(deadLettersByReason, [group, MOST_COUNTED, MOST_HANDLERS]),
        set,
      ]);
      return [rows[0] ?? { dead: 0, recent: 0, parked: 0, oldest_ms: null }, handlers, reasons] as const;
    });
    return [
      { metric: 'waybill_dead_letters', labels: { group }, value: counts.dead },
      { metric: 'waybill_dead_letters_recent', labels: { group }, value: counts.recent },
      { metric: 'waybill_parked_keys', labels: { group }, value: counts.parked },
      { metric: 'waybill_parked_key_oldest_seconds', labels: { group }, value: (counts.oldest_ms ?? 0) / 1_000 },
      ...samplesOf(group, counts.dead, byHandler),
      ...byReason.map(({ reason, letters }) => ({
        metric: 'waybill_dead_letters_by_reason',
        labels: { group, reason: reason ?? 'none' },
        value: letters,
      })),
    ];
  }
}

function samplesOf(group: string, dead: number, counts: readonly HandlerCount[]): readonly Sample[] {
  const metric = 'waybill_dead_letters_by_handler';
  const shown = counts.map(({ type, handler, letters }) => ({
    metric,
    labels: { group, type: type ?? 'none', handler: handler ?? 'none' },
    value: letters,
  }));
  const others = dead - counts.reduce((sum, { letters }) => sum + letters, 0);
  return others > 0 ? [...shown, { metric, labels: { group, type: 'other', handler: 'other' }, value: others }] : shown;
}
