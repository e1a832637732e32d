import { euros, fact, many, sideBySide } from '../lesson.js';
import type { Counted, Lesson, LessonResult } from '../lesson.js';
import type { ChargeCounts } from './count-charges.js';
import { TOKENS } from './messages.js';
import { naive } from './naive.js';
import { waybill } from './waybill.js';

export const duplicates: Lesson = {
  name: 'duplicates',
  title: 'Duplicates',
  problem: 'The broker took the message, but its answer got lost: it is sent again. What does the receiver make of it?',
  stations: [
    { id: 'sender', label: 'To be sent' },
    { id: 'topic', label: 'Published' },
    { id: 'inbox', label: 'Received' },
    { id: 'account', label: 'Charged' },
  ],
  tokens: TOKENS,
  code: {
    naive: 'apps/lab/src/lessons/duplicates/naive.ts',
    waybill: 'apps/lab/src/lessons/duplicates/waybill.ts',
  },
  docs: [
    { label: 'inbox', path: 'libs/idempotency/README.md' },
    { label: 'messaging', path: 'libs/messaging/README.md' },
  ],
  screen: { label: 'Orders: the inbox row of each message', path: '/console/orders' },
  run: sideBySide({ naive, waybill, tell }),
};

function tell(counted: Counted<ChargeCounts>): LessonResult {
  const facts = [
    fact<ChargeCounts>('customers charged twice', 0, counted, ({ twice }) => twice.length),
    fact<ChargeCounts>('charges', TOKENS.length, counted, ({ charges }) => charges),
  ];
  const { naive: theirs, waybill: ours } = counted;
  return {
    facts,
    ...(theirs && {
      naive: `The naive service got ${theirs.delivered} messages and charged ${theirs.charges} times for ${TOKENS.length} orders: ${many(theirs.twice.length, 'customer')} paid twice, ${euros(theirs.tooMuch)} too much.`,
    }),
    waybill: `With the inbox ${ours.delivered} messages came and ${ours.charges} charges were made: what came twice was handled once.`,
  };
}
