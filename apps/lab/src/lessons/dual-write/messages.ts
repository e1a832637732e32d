import { lessonEvent } from '../stage/lesson-messages.js';

export const ORDERS = 'lab.dual-write.waybill';

export const OrderPlaced = lessonEvent(ORDERS, 'order-placed');

/** Placed and published before anything goes wrong. */
export const QUIET = ['1', '2', '3', '4', '5', '6', '7'];
/** In hand at once when the process dies: committed, and not published yet. */
export const STRUCK = ['8', '9', '10'];
