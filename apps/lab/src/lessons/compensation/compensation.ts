import { euros, fact, many, sideBySide } from '../lesson.js';
import type { Counted, Lesson, LessonResult } from '../lesson.js';
import type { PurchaseCounts } from './count-purchases.js';
import { TOKENS } from './messages.js';
import { naive } from './naive.js';
import { waybill } from './waybill.js';

export const compensation: Lesson = {
  name: 'compensation',
  title: 'Compensation',
  problem: 'The card is charged, the goods are reserved, and now the carrier refuses. Who gives the money back?',
  stations: [
    { id: 'order', label: 'Ordered' },
    { id: 'charged', label: 'Charged' },
    { id: 'reserved', label: 'Reserved' },
    { id: 'shipped', label: 'Shipped' },
  ],
  tokens: TOKENS,
  code: {
    naive: 'apps/lab/src/lessons/compensation/naive.ts',
    waybill: 'apps/lab/src/lessons/compensation/purchase.saga.ts',
  },
  docs: [
    { label: 'saga', path: 'libs/saga/README.md' },
    { label: 'the saga of orders', path: 'apps/order/src/sagas/fulfil-order.saga.ts' },
  ],
  screen: { label: "Shop: order 'Carrier refuses'", path: '/console/shop' },
  run: sideBySide({ naive, waybill, tell }),
};

function tell(counted: Counted<PurchaseCounts>): LessonResult {
  const facts = [
    fact<PurchaseCounts>('customers who paid for nothing', 0, counted, ({ cheated }) => cheated.length),
    fact<PurchaseCounts>('goods reserved for nobody', 0, counted, ({ blocked }) => blocked),
  ];
  const { naive: theirs, waybill: ours } = counted;
  return {
    facts,
    ...(theirs && {
      naive: `The naive service charged ${many(theirs.charged, 'customer')} and sent ${many(theirs.parcels, 'parcel')}: ${theirs.cheated.length} paid ${euros(theirs.owed)} for nothing, and ${many(theirs.blocked, 'item')} can't be sold to anybody.`,
    }),
    waybill: `The saga charged ${many(ours.charged, 'customer')}, sent ${many(ours.parcels, 'parcel')} and undid the rest in reverse order: ${many(ours.refunded, 'refund')}, ${ours.blocked} reservations left over.`,
  };
}
