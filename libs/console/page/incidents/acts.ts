import type { ServiceName } from '../api.js';
import { count, words } from '../format.js';

/** What an operator did, as a service has it on record. */
export interface Act {
  readonly id: string;
  readonly at: string;
  readonly act: string;
  readonly who: string | null;
  readonly why: string | null;
  readonly subject: string | null;
  readonly key: string | null;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

const VERBS: Readonly<Record<string, string>> = {
  'catalogue.publish': 'published the catalogue once more',
  'dead-letters.discard': 'discarded',
  'dead-letters.edit': 'edited',
  'dead-letters.replay': 'replayed',
  'dead-letters.reveal': 'revealed',
  'erasures.erase': 'erased a customer:',
  'lanes.settle': 'settled',
  'orders.recover': 'recovered an order that was lost',
  'outbox.discard': 'discarded a refused message',
  'outbox.reveal': 'revealed a message',
  'outbox.retry': 'sent a refused message again',
  'projections.cancel': 'cancelled the rebuild of',
  'projections.rebuild': 'rebuilt',
  'sagas.cancel': 'cancelled an order',
  'sagas.force': 'forced a step',
  'sagas.retry': 'retried a step',
  'sagas.skip': 'skipped a step',
  'stock.restock': 'restocked',
};

/** What acts are done to, for a choice; the word before the dot. */
export const KINDS: readonly (readonly [value: string, text: string])[] = [
  ...new Set(Object.keys(VERBS).map((act) => act.replace(/\..*/, ''))),
].map((kind) => [kind, words(kind)]);

/** "replayed 10 letters", "restocked SKU-MUG-BLUE by 100". */
export function sentence({ act, subject, detail }: Act): string {
  const verb = VERBS[act] ?? words(act.replaceAll('.', ' '));
  const number = (name: string): string => count(Number(detail[name] ?? 0));
  if (act.startsWith('dead-letters.')) {
    const letter = detail['letter'] ?? (act === 'dead-letters.replay' ? undefined : subject);
    if (letter !== undefined && letter !== null) return `${verb} letter ${letter}`;
    return `${verb} ${number('letters')} ${detail['letters'] === 1 ? 'letter' : 'letters'}`;
  }
  if (act === 'stock.restock') return `${verb} ${subject} by ${number('quantity')}`;
  if (act === 'erasures.erase') return `${verb} ${number('orders')} ${detail['orders'] === 1 ? 'order' : 'orders'}`;
  if (act === 'lanes.settle') return `${verb} ${detail['kind']} records of ${detail['topic']}`;
  if (act.startsWith('projections.')) return `${verb} ${subject}`;
  return verb;
}

/** Screen of what it was done to, where the console has one. */
export function screenOf(service: ServiceName, { act, subject, key, detail }: Act): string | undefined {
  const letter = detail['letter'] ?? (act === 'dead-letters.replay' ? null : subject);
  if (act.startsWith('dead-letters.') && letter !== null) return `/dead-letters/${service}/${letter}`;
  return key === null ? undefined : `/orders/${encodeURIComponent(key)}`;
}
