import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { systemErrorCode } from '../system-error.js';

/** A process as more than a number: pids are reused, a start time with them is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own format; compare, don't parse. Empty where the system does not tell. */
  readonly startedAt: string;
}

/** Whether any process has this pid, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

/** The process that has this pid now, or undefined if there is none. */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!isAlive(pid)) {
    return undefined;
  }
  const startedAt = procStat(pid)?.[19] ?? ask(pid, 'lstart=');
  return { pid, startedAt };
}

/** Whether the process that was identified then still runs now; false for a stranger that got its pid. */
export function isStillRunning(then: ProcessIdentity): boolean {
  const now = identify(then.pid);
  return now !== undefined && now.startedAt === then.startedAt;
}

/** An identity that was written to a file as JSON; undefined if the file is gone, or was torn by a crash while it was written. */
export function readIdentity(file: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isIdentity(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The command line of a process, arguments separated by NUL (by a space where the system offers no better). */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ask(pid, 'command=');
  }
}

/** Fields of /proc/<pid>/stat after the command's name, which may itself contain spaces and parentheses. */
function procStat(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** In a container without an init process, the dead may stay listed until somebody reaps them. */
function isZombie(pid: number): boolean {
  return procStat(pid)?.[0] === 'Z';
}

function ask(pid: number, format: string): string {
  if (process.platform === 'win32') {
    return '';
  }
  return (spawnSync('ps', ['-o', format, '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '').trim();
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'startedAt' in value &&
    typeof value.startedAt === 'string'
  );
}
