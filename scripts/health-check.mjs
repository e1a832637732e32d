// The image's HEALTHCHECK: healthy means ready, not merely alive. A container runs one app; it is the one that answers.
import process from 'node:process';

import { services } from '../dist/libs/contracts/src/services.js'; // that file alone: this runs every ten seconds

const ports = Object.values(services).map(({ name, port }) => process.env[`${name.toUpperCase()}_PORT`] ?? port);

const healthy = await Promise.any(
  ports.map(async (port) => {
    const { status } = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(4000) });
    return status === 200;
  }),
).catch(() => false);
process.exit(healthy ? 0 : 1);
