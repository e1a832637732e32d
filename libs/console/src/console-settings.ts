import { setting } from '@waybill/observability';

/** Off: no page, no gateway. `read-only`: nobody can change anything through it, whatever token they have. */
export type ConsoleMode = 'off' | 'read-only' | 'on';

const serviceUrl = (name: string, port: number) =>
  setting.url(name, { protocols: ['http:', 'https:'], default: `http://127.0.0.1:${port}` });

/** The console as settings. Spread them into the settings of the application that serves it. */
export const consoleSettings = {
  console: setting.oneOf('CONSOLE', ['off', 'read-only', 'on'], { default: 'off' }),
  /** Opens the console for reading alone, where `ADMIN_TOKEN` opens it for everything; empty: nobody has that role. */
  consoleReadToken: setting.text('CONSOLE_READ_TOKEN', { default: '', pattern: /^[\x21-\x7e]{8,200}$/, secret: true }),
  /** The lab, of this machine. `npm start` makes both for one start; nothing else sets them. */
  labUrl: setting.text('LAB_URL', { default: '', pattern: /^http:\/\/127\.0\.0\.1:\d{1,5}$/ }),
  labToken: setting.text('LAB_TOKEN', { default: '', pattern: /^[\x21-\x7e]{24,200}$/, secret: true }),
  /** Where the gateway finds the services. */
  orderUrl: serviceUrl('ORDER_URL', 3001),
  paymentUrl: serviceUrl('PAYMENT_URL', 3002),
  inventoryUrl: serviceUrl('INVENTORY_URL', 3003),
  shippingUrl: serviceUrl('SHIPPING_URL', 3004),
};
