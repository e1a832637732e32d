import { randomBytes } from 'node:crypto';

import { freePort, type Infrastructure } from '@waybill/embedded';

import { type AppProcess, superviseApp } from '../app-process.js';
import type { App } from '../apps.js';
import { openServiceLog } from '../service-log.js';
import type { Shutdown } from '../shutdown.js';
import { ensureStateFolder } from '../state-folder.js';
import { answerLab } from './answer-lab.js';
import { faultsOf } from './faults.js';
import { HeldFaults } from './held-faults.js';

/** The process of the lab, and how the console reaches it: made for one start, known to nobody else, and no setting of anybody. */
export interface Lab {
  readonly app: App;
  readonly env: { readonly LAB_URL: string; readonly LAB_TOKEN: string };
}

const COLOUR = 34;
const DRAIN_DEADLINE_MS = 5_000;

export async function prepareLab(): Promise<Lab> {
  const port = await freePort();
  return {
    app: { name: 'lab', portSetting: 'LAB_PORT', port, entry: 'dist/apps/lab/src/main.js', colour: COLOUR },
    env: { LAB_URL: `http://127.0.0.1:${port}`, LAB_TOKEN: randomBytes(24).toString('base64url') },
  };
}

export interface LabSurroundings {
  readonly apps: readonly AppProcess[];
  readonly infrastructure: Infrastructure;
  /** Of the services. */
  readonly env: NodeJS.ProcessEnv;
  readonly verbose: boolean;
  readonly onRefused: (message: string) => void;
}

/** Starts the lab. When stopping begins, it stops first, and with it everything that it has broken is made whole. */
export function startLab(lab: Lab, surroundings: LabSurroundings, shutdown: Shutdown): void {
  const { apps, infrastructure, env, verbose, onRefused } = surroundings;
  const { BROKER_PREFIX: prefix = '', KAFKA_PREFIX: kafkaPrefix = '' } = env;
  const faults = new HeldFaults(faultsOf({ apps, infrastructure, topicPrefix: prefix === '' ? kafkaPrefix : prefix }));
  const process = superviseApp(lab.app, {
    env: { ...env, ...lab.env },
    log: openServiceLog(ensureStateFolder('logs'), lab.app.name),
    verbose,
    onRefused,
    onLaunched: (child) => answerLab(child, faults),
  });
  shutdown.add({
    name: 'the lab',
    stop: async () => void (await Promise.all([process.stop(DRAIN_DEADLINE_MS), faults.stop()])),
  });
}
