import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { SERVICE_NAMES } from '@waybill/contracts';
import type { ServiceName } from '@waybill/contracts';
import { chosenEnvironment, freePort, isPortFree } from '@waybill/embedded';

/** Stands for a service: its port, its health, its drain on SIGTERM, and a crash on demand. Which order apps and servers stop in is not its business. */
const STUB_APP = `
const { createServer } = require('node:http');
const port = process.env[process.argv[1].match(/apps.(\\w+)/)[1].toUpperCase() + '_PORT'];
const server = createServer((request, response) => {
  if (request.url === '/crash') process.exit(7);
  if (request.url === '/env') return response.end(JSON.stringify(process.env));
  response.end(String(process.pid));
});
if (process.env.LOG_LEVEL === 'loud') { console.error('LOG_LEVEL is wrong'); process.exit(78); }
server.listen(port);
console.log(JSON.stringify({ level: 'info', time: 0, msg: 'a detail' }));
process.on('SIGTERM', () => { console.log('drained'); server.close(); server.closeAllConnections(); });
`;

export interface StartRun {
  readonly process: ChildProcess;
  output(): string;
  /** Resolves when the text has been printed; rejects if the run ends first. */
  printed(text: string | RegExp): Promise<void>;
  /** Sends the signal, unless it is undefined, and resolves to the exit code, or the signal that ended it. */
  ended(signal?: NodeJS.Signals): Promise<number | string | null>;
}

/** A folder in which the built `npm start` finds stub apps, and free ports for all of them. */
export class StartFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'waybill-start-'));
  readonly #ports: Record<string, string> = {};
  readonly #runs: StartRun[] = [];

  static async create(): Promise<StartFolder> {
    const folder = new StartFolder();
    for (const app of [...SERVICE_NAMES, 'lab']) {
      const source = join(folder.path, `dist/apps/${app}/src`);
      mkdirSync(source, { recursive: true });
      writeFileSync(join(source, 'main.js'), STUB_APP);
      if (app !== 'lab') folder.#ports[`${app.toUpperCase()}_PORT`] = String(await freePort());
    }
    for (const server of ['KAFKA', 'POSTGRES']) {
      folder.#ports[`${server}_PORT`] = String(await freePort());
    }
    mkdirSync(join(folder.path, '.waybill'));
    // Jars and the pristine cluster: fetched and built once for all tests.
    mkdirSync(resolve('.waybill/cache'), { recursive: true });
    symlinkSync(resolve('.waybill/cache'), join(folder.path, '.waybill/cache'));
    return folder;
  }

  port(app: ServiceName): number {
    return Number(this.#ports[`${app.toUpperCase()}_PORT`]);
  }

  /** The pid of the process that serves the app's port now; undefined while nobody does. */
  async pidOf(app: ServiceName, path = '/'): Promise<number | undefined> {
    try {
      return Number(await (await fetch(`http://127.0.0.1:${this.port(app)}${path}`)).text());
    } catch {
      return undefined;
    }
  }

  /** What the app sees of the environment. */
  async environmentOf(app: ServiceName): Promise<Readonly<Record<string, string>>> {
    // The stub app's answer.
    return (await (await fetch(`http://127.0.0.1:${this.port(app)}/env`)).json()) as Record<string, string>;
  }

  start(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): StartRun {
    return this.run(resolve('dist/scripts/start.js'), args, { ...chosenEnvironment(), ...this.#ports, ...env });
  }

  /** `npm start` itself, as package.json has it, in a process group of its own. Its pid is npm's, and the group's. */
  async npmStart(): Promise<StartRun> {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
    const start = scripts.start.replace('dist/', `'${resolve('dist')}'/`);
    writeFileSync(join(this.path, 'package.json'), JSON.stringify({ name: 'start', scripts: { start } }));
    const env = { ...chosenEnvironment(), ...this.#ports };
    return this.#observed(spawn('npm', ['start'], { cwd: this.path, env, detached: true }));
  }

  run(script: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = process.env): StartRun {
    return this.#observed(spawn(process.execPath, [script, ...args], { cwd: this.path, env }));
  }

  #observed(child: ChildProcess): StartRun {
    const run = observe(child);
    this.#runs.push(run);
    return run;
  }

  /** Of everything that listened. */
  async openPorts(): Promise<readonly number[]> {
    const ports = Object.values(this.#ports).map(Number);
    const free = await Promise.all(ports.map(isPortFree));
    return ports.filter((_, index) => free[index] === false);
  }

  async remove(): Promise<void> {
    await Promise.all(this.#runs.map((run) => run.ended('SIGTERM')));
    rmSync(this.path, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
}

function observe(child: ChildProcess): StartRun {
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const end = new Promise<number | string | null>((done) =>
    child.once('close', (code, signal) => done(signal ?? code)),
  );
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    process: child,
    output: () => output,
    async printed(text) {
      const matches = () => (typeof text === 'string' ? output.includes(text) : text.test(output));
      while (!matches()) {
        if (!running()) {
          throw new Error(`ended before it printed ${String(text)}:\n${output}`);
        }
        await sleep(25);
      }
    },
    async ended(signal) {
      if (signal !== undefined && running()) {
        child.kill(signal);
      }
      return end;
    },
  };
}
