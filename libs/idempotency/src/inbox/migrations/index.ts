import { CreateLaneLedger1795800100000 } from '../../lanes/create-lane-ledger.js';
import { AddSubscriber1796100100000 } from './add-subscriber.js';
import { AllowSuperseded1795800200000 } from './allow-superseded.js';
import { CreateInbox1795600100000 } from './create-inbox.js';
import { KeepPositions1797100000000 } from './keep-positions.js';
import { PartitionInbox1795700100000 } from './partition-inbox.js';

/** Add them to the application's data source. */
export const inboxMigrations = [
  CreateInbox1795600100000,
  PartitionInbox1795700100000,
  CreateLaneLedger1795800100000,
  AllowSuperseded1795800200000,
  AddSubscriber1796100100000,
  KeepPositions1797100000000,
];
