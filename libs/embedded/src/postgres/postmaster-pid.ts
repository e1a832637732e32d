import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import { commandLine, identify, type ProcessIdentity } from '../processes/process-identity.js';

/** PostgreSQL's lock file: pid, data directory, start time, port, socket directory, listen address, shared memory key, status. */
interface PostmasterPid {
  readonly pid: number;
  readonly status: string;
}

// No system hands out such a pid.
const NOBODYS_PID = 2_147_483_646;

export function isReady(dataDir: string, pid: number): boolean {
  const file = read(dataDir);
  return file !== undefined && file.pid === pid && file.status === 'ready';
}

/** The server that still runs on this data directory, if one does; a stranger that has its old pid is not one. */
export function runningServer(dataDir: string): ProcessIdentity | undefined {
  const pid = read(dataDir)?.pid;
  if (pid === undefined || pid === process.pid) {
    return undefined;
  }
  const candidate = identify(pid);
  return candidate !== undefined && servesDataDir(pid, dataDir) ? candidate : undefined;
}

/**
 * PostgreSQL refuses to start while the pid in its lock file is alive, whatever process that is now. The pid alone is overwritten: the file's
 * shared memory key must stay, for by it PostgreSQL notices backends that outlived their server and still write to the data.
 */
export function disownStalePid(dataDir: string): void {
  const path = join(dataDir, 'postmaster.pid');
  const lines = readLines(path);
  if (lines !== undefined) {
    writeFileSync(path, [String(NOBODYS_PID), ...lines.slice(1)].join('\n'));
  }
}

function read(dataDir: string): PostmasterPid | undefined {
  const lines = readLines(join(dataDir, 'postmaster.pid'));
  const pid = Number(lines?.[0]);
  return Number.isSafeInteger(pid) && pid > 0 ? { pid, status: lines?.[7]?.trim() ?? '' } : undefined;
}

function readLines(path: string): readonly string[] | undefined {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return undefined;
  }
}

function servesDataDir(pid: number, dataDir: string): boolean {
  const command = commandLine(pid);
  const [executable = '', ...rest] = command.split('\0');
  return command.includes('\0')
    ? basename(executable).startsWith('postgres') && rest.includes(resolve(dataDir))
    : command.includes('postgres') && command.includes(resolve(dataDir));
}
