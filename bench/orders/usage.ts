import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Usage {
  /** CPU seconds since the processes began. */
  readonly cpuSeconds: number;
  readonly rssMegabytes: number;
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly usage: Usage;
  readonly command: string;
}

/** CPU and memory of this process (the load generator), all its descendants, and brokers that run here; summed by what they are. */
export function usageByPart(): ReadonlyMap<string, Usage> {
  const rows = processes();
  const parts = new Map<string, Usage>();
  for (const row of rows) {
    const server = serverOf(row.command);
    if (row.pid !== process.pid && server === undefined && !descends(row, rows)) continue;
    const part = row.pid === process.pid ? 'load generator' : (server ?? partOf(row.command));
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

function descends(row: ProcessRow, rows: readonly ProcessRow[]): boolean {
  for (let at: ProcessRow | undefined = row; at; at = rows.find(({ pid }) => pid === at?.parent)) {
    if (at.parent === process.pid) return true;
  }
  return false;
}

/** Started by others, and used by others, too; with an idle one that isn't asked, the figures are its idling. */
function serverOf(command: string): string | undefined {
  if (/beam\S* .*\brabbit\b/.test(command)) return 'RabbitMQ';
  return /^\S*nats-server\b/.test(command) ? 'NATS' : undefined;
}

/** Shared pages count for each PostgreSQL backend, so its memory is an upper bound. */
function partOf(command: string): string | undefined {
  const app = /dist\/apps\/(\w+)\//.exec(command)?.[1];
  if (app !== undefined) return app;
  if (/\bpostgres\b/.test(command)) return 'PostgreSQL';
  if (/kafka\.Kafka/.test(command)) return 'Apache Kafka';
  return undefined;
}
