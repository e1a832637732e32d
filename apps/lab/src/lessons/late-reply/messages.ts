import { lessonCommand, lessonEvent } from '../stage/lesson-messages.js';

export const COMMANDS = 'lab.late-reply.waybill-commands';
export const EVENTS = 'lab.late-reply.waybill-events';

export const Charge = lessonCommand(COMMANDS, 'charge');
export const Refund = lessonCommand(COMMANDS, 'refund');
export const Charged = lessonEvent(EVENTS, 'charged');
export const Refunded = lessonEvent(EVENTS, 'refunded');

export const TOKENS = ['1', '2', '3', '4', '5'];
/** The provider answers these after the shop's patience has ended. */
export const SLOW = ['2', '4'];
/** The shop's patience. */
export const DEADLINE_MS = 2_000;
/** In cents. */
export const PRICE = 2_000;
