import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const WAIT_FOR_CLEARTEXT_PASSWORD = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);
const PASSWORD = 'p'.charCodeAt(0);

/** A PostgreSQL that asks everyone for a password, remembers it, and takes none. */
class StrictServer {
  readonly passwords: string[] = [];
  readonly #server: Server = createServer((socket) => {
    socket.once('data', () => {
      socket.once('data', (message) => this.#refuse(socket, message));
      socket.write(WAIT_FOR_CLEARTEXT_PASSWORD);
    });
  });

  async listen(): Promise<number> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return (this.#server.address() as AddressInfo).port; // of TCP, as it was asked to listen
  }

  close(): void {
    this.#server.close();
  }

  #refuse(socket: Socket, message: Buffer): void {
    expect(message[0]).toBe(PASSWORD);
    this.passwords.push(message.subarray(5, -1).toString());
    const fields = Buffer.from('SFATAL\0C28P01\0Mpassword authentication failed\0\0');
    const head = Buffer.from([0x45, 0, 0, 0, fields.length + 4]);
    socket.end(Buffer.concat([head, fields]));
  }
}

describe('the container that prepares the others', () => {
  let folder: string;
  let server: StrictServer;
  let port: number;

  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-prepare-'));
    write('package.json', '{ "type": "module" }');
    write('dist/libs/contracts/src/services.js', `export const SERVICE_NAMES = ['order'];`); // so that it needs no build
    mkdirSync(join(folder, 'scripts'));
    cpSync('scripts/prepare-containers.mjs', join(folder, 'scripts/prepare-containers.mjs'));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
    server = new StrictServer();
    port = await server.listen();
  });

  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  /** What docker-compose.yml gives it, with this password, and the server here in place of its own. */
  function environment(password: string): Record<string, string> {
    const service = /^ {2}prepare:\n(?: {4}.*\n)+/m.exec(readFileSync('docker-compose.yml', 'utf8'))?.[0] ?? '';
    const lines = [...service.matchAll(/^ {6}([A-Z_]+): (\S+)/gm)].map(([, name = '', value = '']) => [
      name,
      value
        .replace('postgres:5432', `127.0.0.1:${port}`)
        .replace(/\$\{(\w+):-\w*\}/g, (_, variable) => (variable === 'POSTGRES_PASSWORD' ? password : '')),
    ]);
    return { ...Object.fromEntries(lines), SECRETS_DIR: join(folder, 'secrets') };
  }

  function prepare(env: Record<string, string>): Promise<string> {
    return new Promise((done) => {
      execFile(process.execPath, ['scripts/prepare-containers.mjs'], { cwd: folder, env }, (_, stdout, stderr) =>
        done(stdout + stderr),
      );
    });
  }

  it.each(['se#hush', '12/hush', 'se?hush', 'se%hush', '100%25hush', 'se@hush:5432', "'sé hush"])(
    'F74 logs in with the password %s as it is, and prints nothing of it where that fails',
    async (password) => {
      const printed = await prepare(environment(password));
      expect(server.passwords).toEqual([password]);
      expect(printed).toContain('password authentication failed');
      expect(printed).not.toContain('hush');
    },
  );

  it.each(['order/database-url', 'DATABASE_URL'])(
    'F74 prints nothing of what should be a URL, and is none: %s',
    async (source) => {
      const broken = 'postgresql://order:se#hush@postgres/';
      write('secrets/order/database-url', source === 'DATABASE_URL' ? '' : broken);
      const printed = await prepare({
        ...environment('waybill'),
        ...(source === 'DATABASE_URL' ? { DATABASE_URL: broken } : {}),
      });
      expect(printed).toContain(`${source} must be a URL`);
      expect(printed).not.toContain('hush');
    },
  );

  it('F74 is told secrets by themselves, as every container is: no URL of docker-compose.yml is put together with one', () => {
    const compose = readFileSync('docker-compose.yml', 'utf8');
    expect(compose.match(/^.*:\/\/.*\$\{\w*(?:PASS|SECRET|TOKEN|KEY).*$/gm)).toBeNull();
  });
});
