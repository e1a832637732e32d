import { AddReplaces1797800000000 } from './migrations/add-replaces.js';
import { AddReplayRuns1795600220000 } from './migrations/add-replay-runs.js';
import { AddSubscriber1796100200000 } from './migrations/add-subscriber.js';
import { AddSuperseding1795800100000 } from './migrations/add-superseding.js';
import { ClaimLettersInPlace1797600000200 } from './migrations/claim-letters-in-place.js';
import { CreateCrashMarker1795600320000 } from './migrations/create-crash-marker.js';
import { CreateHeldMessage1795600200000 } from './migrations/create-held-message.js';
import { FindParkedKeysByKey1797600000300 } from './migrations/find-parked-keys-by-key.js';
import { IndexForMonitor1795600310000 } from './migrations/index-for-monitor.js';
import { IndexLetterGroups1796200000000 } from './migrations/index-letter-groups.js';
import { IndexLetterLists1795800200000 } from './migrations/index-letter-lists.js';
import { IndexLettersByReason1795800300000 } from './migrations/index-letters-by-reason.js';
import { IndexLettersOfAnyState1796000100000 } from './migrations/index-letters-of-any-state.js';

/** Add them to the application's data source. */
export const deadLetterMigrations = [
  CreateHeldMessage1795600200000,
  AddReplayRuns1795600220000,
  IndexForMonitor1795600310000,
  CreateCrashMarker1795600320000,
  AddSuperseding1795800100000,
  IndexLetterLists1795800200000,
  IndexLettersByReason1795800300000,
  IndexLettersOfAnyState1796000100000,
  AddSubscriber1796100200000,
  IndexLetterGroups1796200000000,
  ClaimLettersInPlace1797600000200,
  FindParkedKeysByKey1797600000300,
  AddReplaces1797800000000,
];
