import { createServer } from 'node:net';

import { EmbeddedInfrastructureError } from './embedded.errors.js';

/** A TCP port on 127.0.0.1 that nobody listens on now. Somebody else may still get it first: its user must be ready to retry. */
export async function freePort(): Promise<number> {
  return listenOnce(0);
}

/** This port if nobody listens on it, else any free one. */
export async function freePortNear(preferred: number): Promise<number> {
  return (await isPortFree(preferred)) ? preferred : freePort();
}

/** Whether nothing listens on this port, on 127.0.0.1 or on all interfaces. */
export async function isPortFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    await listenOnce(port, '0.0.0.0');
    return true;
  } catch {
    return false;
  }
}

/**
 * @throws EmbeddedInfrastructureError PORT_IN_USE, naming the port and the setting that changes it
 */
export async function assertPortFree(port: number, what: string, setting: string): Promise<void> {
  if (!(await isPortFree(port))) {
    throw new EmbeddedInfrastructureError(
      'PORT_IN_USE',
      `Port ${port} for ${what} is already in use. Stop what listens there, or choose another port with ${setting}.`,
    );
  }
}

async function listenOnce(port: number, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
