import type { App } from './apps.js';

const ORDER = {
  customerId: 'ada',
  items: [{ sku: 'SKU-MUG-BLUE', quantity: 2 }],
  shippingAddress: {
    name: 'Ada Lovelace',
    line1: '12 Analytical Way',
    city: 'London',
    postalCode: 'W1A 1AA',
    country: 'GB',
  },
  paymentMethod: 'pm_card_ok',
};

/** What a newcomer needs once everything is up: where things are, and an order to paste into another terminal. */
export function banner(
  apps: readonly App[],
  addresses: { readonly kafkaBrokers: string; readonly brokerUrl: string; readonly databaseUrl: string },
): string {
  const order = `http://localhost:${apps.find(({ name }) => name === 'order')?.port ?? 3001}`;
  const links = apps.map(
    ({ name, port }) => `  ${name.padEnd(10)} http://localhost:${port}  (API: http://localhost:${port}/docs)`,
  );
  const broker =
    addresses.brokerUrl === ''
      ? `  ${'kafka'.padEnd(10)} ${addresses.kafkaBrokers}`
      : `  ${'broker'.padEnd(10)} ${addresses.brokerUrl.split(',').map(withoutPassword).join(',')}`;
  return [
    '',
    `Waybill is up: ${order}/`,
    '',
    `  ${'lab'.padEnd(10)} ${order}/console/lab  (break it, and watch what holds)`,
    ...links,
    broker,
    `  ${'postgres'.padEnd(10)} ${withoutPassword(addresses.databaseUrl)}`,
    '',
    'Place an order (it answers once the order has ended, after 10 s at most):',
    `  curl -i ${order}/orders -H 'Prefer: wait=10' -H 'content-type: application/json' -d '${JSON.stringify(ORDER)}'`,
    '',
    'What the services log is in .waybill/logs/; warnings and errors are shown here, all of it with "npm start -- --verbose".',
    'Ctrl-C stops everything; the data stays in .waybill/ until "npm run reset".',
    '',
  ].join('\n');
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = shown.password === '' ? '' : '***';
  return shown.href;
}
