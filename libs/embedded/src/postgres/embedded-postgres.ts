import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ensureWritableDirectory } from '../data-directory.js';
import { EmbeddedInfrastructureError } from '../embedded.errors.js';
import { assertPortFree, freePort } from '../free-port.js';
import { lockDirectory } from '../processes/directory-lock.js';
import { stopLeftover } from '../processes/stop-leftover.js';
import { logTail, startSupervised, type SupervisedProcess } from '../processes/supervised-process.js';
import { postgresBinaries, type PostgresBinaries } from './binaries.js';
import { ensureCluster } from './cluster.js';
import { disownStalePid, isReady, runningServer } from './postmaster-pid.js';
import { runAs, type RunAs } from './run-as.js';
import { serverEnvironment } from './server-environment.js';

export interface EmbeddedPostgresOptions {
  /** Where the data lives; created on the first start. Beside it lie `<dataDir>.lock` and `<dataDir>.log`. */
  readonly dataDir: string;
  /**
   * TCP port on 127.0.0.1; 0 takes a free one.
   * @default 0
   */
  readonly port?: number;
  /** Where a pristine cluster is kept, to be copied instead of built from scratch. */
  readonly templateDir?: string;
  /** @default 300 */
  readonly maxConnections?: number;
  /** Settings of the server that win over ours, such as `shared_preload_libraries`, by PostgreSQL's names. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * How long the server may take until it accepts connections, crash recovery included.
   * @default 60000
   */
  readonly startTimeoutMs?: number;
  /** Deleted, by a guard process, if this process dies without having called `stop`. For temporary directories. */
  readonly removeIfOrphaned?: string;
}

export interface EmbeddedPostgres {
  /** Of the maintenance database, as superuser: `postgresql://postgres@127.0.0.1:<port>/postgres`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server has ended, asked or not, to a description of how. */
  readonly exited: Promise<string>;
  /** Ends all sessions, writes a checkpoint and stops. Repeatable. */
  stop(): Promise<void>;
}

const STOP_DEADLINE_MS = 30_000;
const STARTS_ON_A_FREE_PORT = 4;
/** After a kill -9 of the server alone, its backends notice within a moment; until then it refuses to start again. */
const ORPHANED_BACKENDS = 'pre-existing shared memory block';

/**
 * Starts a real PostgreSQL server with its durable defaults: what is committed survives a power cut. It listens on 127.0.0.1 only, and
 * on no Unix socket, whose path may have no more than 107 characters. A server that a killed run left on the same data is stopped first.
 * If this process dies, the server is shut down cleanly.
 * @throws EmbeddedInfrastructureError whose message says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const binaries = postgresBinaries();
  ensureWritableDirectory(resolve(dataDir, '..'));
  const lock = lockDirectory(`${dataDir}.lock`, `The PostgreSQL data in ${dataDir}`);
  try {
    const as = runAs([binaries.postgres, dataDir]);
    ensureCluster(dataDir, binaries, as, options.templateDir);
    const leftover = runningServer(dataDir);
    if (leftover !== undefined) {
      await stopLeftover(leftover, 'SIGINT', STOP_DEADLINE_MS);
    }
    disownStalePid(dataDir);
    const { port, server } = await startOnPort({ ...options, dataDir }, binaries, as);
    void server.exited.then(() => lock.release());
    return {
      url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
      port,
      pid: server.pid,
      exited: server.exited,
      stop: () => server.stop(STOP_DEADLINE_MS),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startOnPort(options: EmbeddedPostgresOptions, binaries: PostgresBinaries, as: RunAs) {
  const fixed = options.port ?? 0;
  if (fixed !== 0) {
    await assertPortFree(fixed, 'PostgreSQL', 'POSTGRES_PORT');
  }
  for (let start = 1; ; start++) {
    const port = fixed === 0 ? await freePort() : fixed;
    const server = await launch(options, port, binaries, as);
    const failure = await untilReady(server, options);
    if (failure === undefined) {
      return { port, server };
    }
    const log = logTail(logFile(options));
    const passing = log.includes(ORPHANED_BACKENDS) || (fixed === 0 && log.includes('Address already in use'));
    if (!passing || start === STARTS_ON_A_FREE_PORT) {
      throw new EmbeddedInfrastructureError(
        failure.code,
        `PostgreSQL on port ${port} ${failure.what}. The end of ${logFile(options)}:\n${log}`,
      );
    }
    await sleep(250 * start);
  }
}

async function launch(options: EmbeddedPostgresOptions, port: number, binaries: PostgresBinaries, as: RunAs) {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: String(options.maxConnections ?? 300),
    timezone: 'UTC',
    log_timezone: 'UTC',
    // What goes wrong in a session is reported to that session. In the server's log it would keep the values of people's data.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    ...options.settings,
  };
  const { file, args } = as.command(binaries.postgres, [
    '-D',
    options.dataDir,
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  return startSupervised({
    name: 'PostgreSQL',
    file,
    args,
    env: serverEnvironment(binaries),
    logFile: logFile(options),
    stopSignal: 'SIGINT', // "fast": sessions are ended, not waited for
    ...(as.uid === undefined ? {} : { uid: as.uid, gid: as.gid ?? as.uid }),
    ...(options.removeIfOrphaned === undefined ? {} : { removeIfOrphaned: options.removeIfOrphaned }),
  });
}

async function untilReady(server: SupervisedProcess, { dataDir, startTimeoutMs = 60_000 }: EmbeddedPostgresOptions) {
  const deadline = Date.now() + startTimeoutMs;
  while (!isReady(dataDir, server.pid)) {
    if (server.hasExited()) {
      return { code: 'START_FAILED', what: await server.exited } as const;
    }
    if (Date.now() > deadline) {
      await server.stop(STOP_DEADLINE_MS);
      return { code: 'START_TIMED_OUT', what: `did not become ready within ${startTimeoutMs} ms` } as const;
    }
    await sleep(10);
  }
  return undefined;
}

function logFile({ dataDir }: EmbeddedPostgresOptions): string {
  return `${dataDir}.log`;
}
