import { fact, many, sideBySide } from '../lesson.js';
import type { Counted, Lesson, LessonResult } from '../lesson.js';
import type { ParcelCounts } from './count-parcels.js';
import { TOKENS } from './messages.js';
import { naive } from './naive.js';
import { waybill } from './waybill.js';

export const poison: Lesson = {
  name: 'poison',
  title: 'Poison message',
  problem: 'One message can never be handled. What becomes of the messages behind it?',
  stations: [
    { id: 'topic', label: 'Published' },
    { id: 'handler', label: 'In hand' },
    { id: 'letters', label: 'Set aside' },
    { id: 'shipped', label: 'Shipped' },
  ],
  tokens: TOKENS,
  code: { naive: 'apps/lab/src/lessons/poison/naive.ts', waybill: 'apps/lab/src/lessons/poison/waybill.ts' },
  docs: [
    { label: 'dlq', path: 'libs/dlq/README.md' },
    { label: 'ADR 8', path: 'docs/adr/0008-an-undo-waits-behind-a-dead-letter.md' },
  ],
  screen: { label: 'Dead letters', path: '/console/dead-letters' },
  run: sideBySide({ naive, waybill, tell }),
};

function tell(counted: Counted<ParcelCounts>): LessonResult {
  const facts = [
    fact<ParcelCounts>('parcels sent', TOKENS.length, counted, ({ parcels }) => parcels),
    fact<ParcelCounts>('parcels of other customers held up', 0, counted, ({ bystanders }) => bystanders.length),
    fact<ParcelCounts>('customers served out of order', 0, counted, ({ outOfOrder }) => outOfOrder),
  ];
  const { naive: theirs, waybill: ours } = counted;
  return {
    facts,
    ...(theirs && {
      naive: `The naive consumer tried one message ${theirs.attempts} times and got no further: ${many(TOKENS.length - theirs.parcels, 'parcel')} never left, ${theirs.bystanders.length} of them of customers who had nothing to do with it.`,
    }),
    waybill: `Waybill set that message aside after ${many(ours.attempts, 'attempt')} and sent ${many(ours.meanwhile, 'parcel')} meanwhile; once it was corrected all ${ours.parcels} were sent, ${ours.outOfOrder === 0 ? "each customer's in order" : `those of ${many(ours.outOfOrder, 'customer')} out of order`}.`,
  };
}
