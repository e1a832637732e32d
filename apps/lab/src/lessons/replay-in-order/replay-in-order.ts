import { fact, many, sideBySide } from '../lesson.js';
import type { Counted, Lesson, LessonResult } from '../lesson.js';
import type { AddressCounts } from './count-addresses.js';
import { ORDERS, TOKENS } from './messages.js';
import { naive } from './naive.js';
import { waybill } from './waybill.js';

export const replayInOrder: Lesson = {
  name: 'replay-in-order',
  title: 'Replay in order',
  problem:
    'A change of address fails, the next one succeeds. Then the failed one is replayed. Where does the parcel go?',
  stations: [
    { id: 'sender', label: 'To be sent' },
    { id: 'topic', label: 'Published' },
    { id: 'letters', label: 'Set aside' },
    { id: 'handled', label: 'Handled' },
  ],
  tokens: TOKENS,
  code: {
    naive: 'apps/lab/src/lessons/replay-in-order/naive.ts',
    waybill: 'apps/lab/src/lessons/replay-in-order/waybill.ts',
  },
  docs: [
    { label: 'dlq', path: 'libs/dlq/README.md' },
    { label: 'operations', path: 'docs/operations.md' },
  ],
  screen: { label: 'Dead letters: replay', path: '/console/dead-letters' },
  run: sideBySide({ naive, waybill, tell }),
};

function tell(counted: Counted<AddressCounts>): LessonResult {
  const facts = [
    fact<AddressCounts>('orders with their last address', ORDERS.length, counted, ({ current }) => current),
    fact<AddressCounts>('orders with an outdated one', 0, counted, ({ outdated }) => outdated.length),
  ];
  const { naive: theirs, waybill: ours } = counted;
  return {
    facts,
    ...(theirs && {
      naive: `The naive replay ran ${many(theirs.replayed, 'old change')} after the newer ones: ${many(theirs.outdated.length, 'parcel')} ${theirs.outdated.length === 1 ? 'goes' : 'go'} to an address that the customer had given up.`,
    }),
    waybill: `Waybill replayed ${many(ours.replayed, 'change')}, and the newer ones waited behind them: ${ours.current} of ${ORDERS.length} parcels go where their customers last asked.`,
  };
}
