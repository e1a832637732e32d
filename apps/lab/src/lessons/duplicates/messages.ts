import { lessonEvent } from '../stage/lesson-messages.js';

export const CHARGES = 'lab.duplicates.waybill';

export const ChargeAsked = lessonEvent(CHARGES, 'charge-asked');

export const TOKENS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'];
/** Their first acknowledgement gets lost, so the sender sends them again. The last one isn't among them. */
export const REPEATED = ['3', '6', '9'];
/** In cents. */
export const PRICE = 2_000;
