import { setTimeout as sleep } from 'node:timers/promises';

import { isPortFree } from '@waybill/embedded';

import type { App } from './apps.js';
import { StartError } from './start.errors.js';

/**
 * All ports are looked at before anything is started, and all that are taken are named.
 * @param graceMs how long to wait for them: apps of a killed run need a moment to notice that they are alone
 * @throws StartError PORT_IN_USE
 */
export async function assertPortsFree(apps: readonly App[], graceMs: number): Promise<void> {
  const deadline = Date.now() + graceMs;
  let taken = await takenPorts(apps);
  while (taken.length > 0 && Date.now() < deadline) {
    await sleep(100);
    taken = await takenPorts(apps);
  }
  if (taken.length > 0) {
    const list = taken.map(
      ({ name, port, portSetting }) => `  ${port} (${name}): set ${portSetting} to another port\n`,
    );
    throw new StartError(
      'PORT_IN_USE',
      `These ports are in use. Stop what listens there, or choose others:\n${list.join('')}`,
    );
  }
}

async function takenPorts(apps: readonly App[]): Promise<readonly App[]> {
  const free = await Promise.all(apps.map(async ({ port }) => isPortFree(port)));
  return apps.filter((_, index) => free[index] === false);
}
