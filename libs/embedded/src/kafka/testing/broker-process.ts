import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { buildSync } from 'esbuild';

export interface BrokerProcess {
  readonly brokers: string;
  readonly port: number;
  /** As kill -9. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Cleanly, as a service manager does it. */
  stop(): Promise<void>;
}

/** Runs the embedded broker in a process of its own, so that a test can kill it. */
export async function startBrokerProcess(workDir: string, dataDir: string, port = 0): Promise<BrokerProcess> {
  const script = join(workDir, 'broker-process.mjs');
  buildSync({
    entryPoints: ['libs/embedded/src/kafka/testing/broker-process-main.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
    logLevel: 'error',
  });
  const child = spawn(process.execPath, [script, dataDir, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const brokers = await firstLine(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    brokers,
    port: Number(brokers.split(':')[1]),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the broker process has no output');
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error('the broker process ended before it listened');
}
