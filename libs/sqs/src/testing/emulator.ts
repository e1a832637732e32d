import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Says where it listens, and ends with the process that has started it. */
const PROGRAM = `
  import { buildApp } from 'fauxqs';
  const app = buildApp({ logger: false, defaultRegion: 'eu-central-1' });
  console.log(await app.listen({ host: '127.0.0.1', port: Number(process.argv[1]) }));
  process.stdin.resume().once('end', () => process.exit());
`;

/** fauxqs in a process of its own. Keeps everything in memory; knows no permissions. */
export class Emulator {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(port = 0): Promise<Emulator> {
    const args = ['--input-type=module', '--eval', PROGRAM, String(port)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const ended = once(child, 'exit').then(() => {
      throw new Error('The emulator has ended before it listened');
    });
    const [url] = (await Promise.race([once(lines, 'line'), ended])) as [string];
    ended.catch(() => {}); // it ends some time
    return new Emulator(child, url);
  }

  /** As kill -9 does. Nothing of what it held is left. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
