/**
 * The services of the system. Scripts, the CLI, the health check and the tests take them from here; docker-compose.yml and
 * nest-cli.json can't, so test/services.spec.ts compares. Imports nothing: scripts load this file alone.
 */
export const services = {
  order: { name: 'order', port: 3001 },
  payment: { name: 'payment', port: 3002 },
  inventory: { name: 'inventory', port: 3003 },
  shipping: { name: 'shipping', port: 3004 },
} as const;

export type ServiceName = keyof typeof services;

export const SERVICE_NAMES = Object.values(services).map(({ name }) => name);
