import * as catalogue from './catalogue.events.js';
import * as inventoryCommands from './inventory.commands.js';
import * as inventoryEvents from './inventory.events.js';
import * as paymentCommands from './payment.commands.js';
import * as paymentEvents from './payment.events.js';
import * as shippingCommands from './shipping.commands.js';
import * as shippingEvents from './shipping.events.js';

/** Every message of the system, in all versions that are still sent. */
export const allContracts = [
  catalogue,
  inventoryCommands,
  inventoryEvents,
  paymentCommands,
  paymentEvents,
  shippingCommands,
  shippingEvents,
].flatMap((module) => Object.values(module));
