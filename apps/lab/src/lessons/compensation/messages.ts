import { lessonCommand, lessonEvent } from '../stage/lesson-messages.js';

export const COMMANDS = 'lab.compensation.waybill-commands';
export const EVENTS = 'lab.compensation.waybill-events';

export const Charge = lessonCommand(COMMANDS, 'charge');
export const Refund = lessonCommand(COMMANDS, 'refund');
export const Reserve = lessonCommand(COMMANDS, 'reserve');
export const Release = lessonCommand(COMMANDS, 'release');
export const Ship = lessonCommand(COMMANDS, 'ship');

export const Charged = lessonEvent(EVENTS, 'charged');
export const Refunded = lessonEvent(EVENTS, 'refunded');
export const Reserved = lessonEvent(EVENTS, 'reserved');
export const Released = lessonEvent(EVENTS, 'released');
export const Shipped = lessonEvent(EVENTS, 'shipped');
export const ShippingRefused = lessonEvent(EVENTS, 'shipping-refused');

export const TOKENS = ['1', '2', '3', '4', '5'];
/** The carrier doesn't go there. */
export const REFUSED = ['2', '4'];
/** In cents. */
export const PRICE = 2_000;
