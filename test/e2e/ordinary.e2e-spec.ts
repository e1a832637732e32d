import { stockTake } from '../system/ledger.js';
import { RunningSystem } from '../system/running-system.js';
import { refusesBadInput } from './ordinary/bad-input.js';
import { cancelsOrders } from './ordinary/cancellation.js';
import { tellsOrdersOnTheCommandLine } from './ordinary/command-line.js';
import { isAsDescribed } from './ordinary/descriptions.js';
import { bearsDuplicates } from './ordinary/duplicates.js';
import { worksWithForeigners } from './ordinary/foreigners.js';
import { fulfilsOrders } from './ordinary/fulfilment.js';
import type { OrdinarySystem } from './ordinary/ordinary-system.js';

// One system for all of them: starting four services and stopping them takes longer than most of these tests.
describe('a system with its default settings', () => {
  let running: OrdinarySystem;

  beforeAll(async () => {
    const system = await RunningSystem.start();
    running = { system, initial: new Map() }; // so that it is stopped
    running = { system, initial: await stockTake(system) };
  }, 120_000);

  afterAll(() => running?.system.stop(), 60_000);

  refusesBadInput(() => running); // first: afterwards there is no order
  fulfilsOrders(() => running);
  cancelsOrders(() => running);
  tellsOrdersOnTheCommandLine(() => running);
  bearsDuplicates(() => running);
  worksWithForeigners(() => running);
  isAsDescribed(() => running); // last: it looks at what all of them have sent
});
