// npm start: PostgreSQL, Kafka (or another broker that is there), the four services and the lab on this machine, until Ctrl-C.
import { existsSync } from 'node:fs';

import { SERVICE_SETTINGS } from '@waybill/contracts';
import {
  chosenEnvironment,
  EmbeddedInfrastructureError,
  freePortNear,
  type Infrastructure,
  lockDirectory,
  startInfrastructure,
} from '@waybill/embedded';

import { type AppProcess, superviseApp } from './start/app-process.js';
import { type App, appsFrom } from './start/apps.js';
import { banner } from './start/banner.js';
import { findBroker } from './start/broker.js';
import type { FoundBroker } from './start/broker.js';
import { type Lab, prepareLab, startLab } from './start/lab/start-lab.js';
import { parseOptions, type StartOptions } from './start/options.js';
import { progress } from './start/output.js';
import { assertPortsFree } from './start/ports.js';
import { untilReady } from './start/readiness.js';
import { openServiceLog } from './start/service-log.js';
import { createShutdown, type Shutdown } from './start/shutdown.js';
import { onSignals } from './start/signals.js';
import { StartError } from './start/start.errors.js';
import { ensureStateFolder, STATE_FOLDER } from './start/state-folder.js';

const DRAIN_DEADLINE_MS = 15_000;
/** Apps of a killed run end themselves within 3 s. */
const LEFTOVERS_GRACE_MS = 6000;

async function main(shutdown: Shutdown): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env);
  const apps = appsFrom(process.env);
  const lab = await prepareLab();
  assertBuilt([...apps, lab.app]);
  const lock = lockDirectory(`${ensureStateFolder()}/start.lock`, `${STATE_FOLDER}/ (npm start)`);
  process.once('exit', () => lock.release());
  await assertPortsFree(apps, lock.takenOver ? LEFTOVERS_GRACE_MS : 0);

  const broker =
    options.otherBroker === undefined
      ? { url: options.brokerUrl, env: {} }
      : await findBroker(options.otherBroker, process.env);
  const brokerUrl = broker.url;
  const infrastructure = await startParts(options, brokerUrl, shutdown);
  shutdown.signal.throwIfAborted();
  progress(`starting ${apps.map(({ name }) => name).join(', ')}`);
  const env = environmentOf(apps, infrastructure, broker);
  const processes = superviseApps(apps, { env, lab }, options, shutdown);
  await untilReady(
    apps,
    {
      ready: ({ name }) => progress(`${name} is ready`),
      waiting: ({ name }, answer) => progress(`still waiting for ${name}: ${answer}`),
    },
    shutdown.signal,
  );
  shutdown.signal.throwIfAborted();
  process.stdout.write(banner(apps, { ...infrastructure, brokerUrl }));
  // Now, so that nobody waits for it who only wants to place an order.
  startLab(
    lab,
    { apps: processes, infrastructure, env, verbose: options.verbose, onRefused: onRefused(shutdown) },
    shutdown,
  );
}

async function startParts(options: StartOptions, brokerUrl: string, shutdown: Shutdown): Promise<Infrastructure> {
  const starting = startInfrastructure({
    // What isn't started is only handed on.
    ...(brokerUrl === ''
      ? { kafka: options.kafka, kafkaBrokers: options.kafkaBrokers }
      : { kafka: 'external', kafkaBrokers: brokerUrl }),
    kafkaPort: options.kafkaPort ?? (await freePortNear(9092)),
    postgres: options.databaseUrl === '' ? 'embedded' : 'external',
    databaseUrl: options.databaseUrl,
    postgresPort: options.postgresPort ?? (await freePortNear(5432)),
    dataDir: ensureStateFolder(),
    cacheDir: ensureStateFolder('cache'),
    log: progress,
    onLost: (name, how, delayMs) => progress(`${name} ${how}; starting it again in ${delayMs / 1000} s`),
  });
  // Added before it is up, so that a Ctrl-C meanwhile stops it too.
  shutdown.add({
    name: brokerUrl === '' ? 'Kafka and PostgreSQL' : 'PostgreSQL',
    stop: async () => (await starting.catch(() => undefined))?.stop(),
  });
  const infrastructure = await starting;
  progress(
    brokerUrl === '' ? `PostgreSQL and Kafka are ready (${infrastructure.kafkaBrokers})` : 'PostgreSQL is ready',
  );
  return infrastructure;
}

function environmentOf(
  apps: readonly App[],
  { databaseUrl, kafkaBrokers }: Infrastructure,
  broker: FoundBroker,
): NodeJS.ProcessEnv {
  return {
    CONSOLE: 'on', // one URL that shows everything; only connections of this machine are answered
    ...Object.fromEntries(apps.map(({ name, port }) => [`${name.toUpperCase()}_URL`, `http://127.0.0.1:${port}`])),
    ...chosenEnvironment(SERVICE_SETTINGS),
    DATABASE_URL: databaseUrl,
    ...(broker.url === '' ? { KAFKA_BROKERS: kafkaBrokers } : { BROKER_URL: broker.url, ...broker.env }),
  };
}

function superviseApps(
  apps: readonly App[],
  { env, lab }: { readonly env: NodeJS.ProcessEnv; readonly lab: Lab },
  { verbose }: StartOptions,
  shutdown: Shutdown,
): readonly AppProcess[] {
  const logs = ensureStateFolder('logs');
  const processes = apps.map((app) =>
    superviseApp(app, {
      env: app.name === 'order' ? { ...env, ...lab.env } : env, // it serves the console
      log: openServiceLog(logs, app.name),
      verbose,
      onRefused: onRefused(shutdown),
    }),
  );
  shutdown.add({
    name: 'the apps',
    stop: async () => void (await Promise.all(processes.map((app) => app.stop(DRAIN_DEADLINE_MS)))),
  });
  return processes;
}

function onRefused({ signal }: Shutdown): (message: string) => void {
  return (message) => {
    if (!signal.aborted) void fail(new StartError('CONFIGURATION_REFUSED', message));
  };
}

function assertBuilt(apps: readonly App[]): void {
  const missing = apps.filter(({ entry }) => !existsSync(entry)).map(({ entry }) => entry);
  if (missing.length > 0) {
    throw new StartError(
      'NOT_BUILT',
      `Not built: ${missing.join(', ')}. Run "npm run build", or "npm start", which does it.`,
    );
  }
}

async function fail(error: unknown): Promise<void> {
  if (!shutdown.signal.aborted) {
    const expected = error instanceof StartError || error instanceof EmbeddedInfrastructureError;
    console.error(expected ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
  await shutdown.stop();
}

const shutdown = createShutdown();
onSignals(shutdown);
main(shutdown).catch(fail);
