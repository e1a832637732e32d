import { lessonEvent } from '../stage/lesson-messages.js';

export const ADDRESSES = 'lab.replay-in-order.waybill';

/** Its token says of which order it is, and the how many-th address. */
export const AddressChanged = lessonEvent(ADDRESSES, 'address-changed');

export const ORDERS = ['A', 'B', 'C', 'D'];
const CHANGES = ['1', '2', '3'];
export const TOKENS = CHANGES.flatMap((change) => ORDERS.map((order) => order + change));
/** What handles these needs is away when they come. */
export const FAILING = ['A2', 'C2'];

export const orderOf = (token: string): string => token.slice(0, 1);
/** The address that the customer asked for last. */
export const lastOf = (order: string): string => order + (CHANGES.at(-1) ?? '');
