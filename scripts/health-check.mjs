// The image's HEALTHCHECK: healthy means ready, not merely alive. A container runs one app; it is the one that answers.
import process from 'node:process';

const ports = ['ORDER_PORT', 'PAYMENT_PORT', 'INVENTORY_PORT', 'SHIPPING_PORT'].map(
  (setting, index) => process.env[setting] ?? 3001 + index,
);

const healthy = await Promise.any(
  ports.map(async (port) => {
    const { status } = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(4000) });
    return status === 200;
  }),
).catch(() => false);
process.exit(healthy ? 0 : 1);
