import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import type { BenchedBroker } from './server-space.js';

export interface Usage {
  /** CPU seconds since the processes began. */
  readonly cpuSeconds: number;
  readonly rssMegabytes: number;
}

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly usage: Usage;
  readonly command: string;
}

/** CPU and memory of this process, all its descendants, and the broker that is benched, if it runs here; summed by what they are. */
export function usageByPart(broker: BenchedBroker): ReadonlyMap<string, Usage> {
  return sumByPart(processes(), process.pid, broker);
}

/** The embedded broker runs in this process, so both are one part. */
export function sumByPart(
  rows: readonly ProcessRow[],
  ownPid: number,
  broker: BenchedBroker,
): ReadonlyMap<string, Usage> {
  const own = broker === 'embedded' ? 'load generator and broker' : 'load generator';
  const parts = new Map<string, Usage>();
  for (const row of rows) {
    const isOurs = row.pid === ownPid || descends(row, rows, ownPid);
    const part = row.pid === ownPid ? own : isOurs ? partOf(row.command) : serverOf(row.command, broker);
    if (part === undefined) continue;
    const sum = parts.get(part) ?? { cpuSeconds: 0, rssMegabytes: 0 };
    parts.set(part, {
      cpuSeconds: sum.cpuSeconds + row.usage.cpuSeconds,
      rssMegabytes: sum.rssMegabytes + row.usage.rssMegabytes,
    });
  }
  return parts;
}

function processes(): readonly ProcessRow[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,time=,rss=,args='], { encoding: 'utf8', maxBuffer: 64_000_000 })
    .split('\n')
    .flatMap((line) => {
      const [, pid, parent, time, rss, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      if (pid === undefined || parent === undefined || time === undefined || command === undefined) return [];
      const usage = { cpuSeconds: ticksOf(pid) ?? secondsOf(time), rssMegabytes: Number(rss) / 1024 };
      return [{ pid: Number(pid), parent: Number(parent), usage, command }];
    });
}

/**
 * Linux only: CPU seconds of a process and of its children that have ended, to the 1/100 s. The seconds of `ps` are cut off,
 * which hides most of what some thirty PostgreSQL backends do.
 */
function ticksOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
  } catch {
    return undefined; // another system, or the process has ended
  }
}

/** `[[days-]hours:]minutes:seconds`, the seconds with a fraction on some systems. */
function secondsOf(time: string): number {
  const [clock = '', days = '0'] = time.split('-').reverse();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}

function descends(row: ProcessRow, rows: readonly ProcessRow[], ownPid: number): boolean {
  for (let at: ProcessRow | undefined = row; at; at = rows.find(({ pid }) => pid === at?.parent)) {
    if (at.parent === ownPid) return true;
  }
  return false;
}

/** Started by others, and used by others, too. */
function serverOf(command: string, broker: BenchedBroker): string | undefined {
  if (broker === 'rabbitmq' && /beam\S* .*\brabbit\b/.test(command)) return 'RabbitMQ';
  return broker === 'nats' && /^\S*nats-server\b/.test(command) ? 'NATS' : undefined;
}

/** Shared pages count for each PostgreSQL backend, so its memory is an upper bound. */
function partOf(command: string): string | undefined {
  const app = /dist\/apps\/(\w+)\//.exec(command)?.[1];
  if (app !== undefined) return app;
  if (/\bpostgres\b/.test(command)) return 'PostgreSQL';
  if (/kafka\.Kafka/.test(command)) return 'Apache Kafka';
  if (/\bfauxqs\b/.test(command)) return 'fauxqs, an emulator of SNS and SQS';
  return undefined;
}
