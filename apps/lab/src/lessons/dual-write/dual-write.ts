import { fact, many, sideBySide } from '../lesson.js';
import type { Counted, Lesson, LessonResult } from '../lesson.js';
import type { OrderCounts } from './count-orders.js';
import { QUIET, STRUCK } from './messages.js';
import { naive } from './naive.js';
import { waybill } from './waybill.js';

const tokens = [...QUIET, ...STRUCK];

export const dualWrite: Lesson = {
  name: 'dual-write',
  title: 'Dual write',
  problem: 'A service commits an order, then publishes it. What if it dies in between?',
  stations: [
    { id: 'shop', label: 'Ordered' },
    { id: 'table', label: 'Committed' },
    { id: 'topic', label: 'Published' },
    { id: 'shipping', label: 'Shipped' },
  ],
  tokens,
  code: {
    naive: 'apps/lab/src/lessons/dual-write/naive.ts',
    waybill: 'apps/lab/src/lessons/dual-write/waybill.ts',
  },
  docs: [
    { label: 'outbox', path: 'libs/outbox/README.md' },
    { label: 'ADR 32', path: 'docs/adr/0032-a-process-publishes-what-it-writes.md' },
  ],
  screen: { label: 'Flow: what waits in each outbox', path: '/console/flow' },
  run: sideBySide({ naive, waybill, tell }),
};

function tell(counted: Counted<OrderCounts>): LessonResult {
  const facts = [
    fact<OrderCounts>('orders committed', tokens.length, counted, ({ orders }) => orders),
    fact<OrderCounts>('orders published', tokens.length, counted, ({ published }) => published),
    fact<OrderCounts>('parcels sent', tokens.length, counted, ({ parcels }) => parcels),
  ];
  const { naive: theirs, waybill: ours } = counted;
  return {
    facts,
    ...(theirs && {
      naive: `The naive service committed ${many(theirs.orders, 'order')} and published ${theirs.published}: ${many(theirs.lost.length, 'parcel')} that nobody will ever send.`,
    }),
    waybill: `With the outbox ${many(ours.orders, 'order')} were committed and ${ours.published} published, ${ours.publishedLater} of them by the process that came after the dead one.`,
  };
}
