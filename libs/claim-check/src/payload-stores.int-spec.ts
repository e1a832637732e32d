import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { payloadStoreContract } from '@waybill/messaging/testing';

import { FilePayloadStore } from './files/file-payload-store.js';
import { PostgresPayloadStore } from './postgres/postgres-payload-store.js';

const folders: string[] = [];
const databases: TestDatabase[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-payloads-'));
  folders.push(folder);
  return folder;
}

async function newDatabase(): Promise<string> {
  const database = await createTestDatabase('payloads');
  databases.push(database);
  return database.url;
}

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  await Promise.all(databases.map((database) => database.drop()));
});

payloadStoreContract('FilePayloadStore', async () => FilePayloadStore.open(await newFolder()));
payloadStoreContract('PostgresPayloadStore', async () => PostgresPayloadStore.open({ url: await newDatabase() }));

describe('FilePayloadStore', () => {
  it('takes no name for an id that could lead out of its folder', async () => {
    const store = await FilePayloadStore.open(await newFolder());
    for (const id of ['../../etc/passwd', '..', '', `${randomUUID()}/../x`, 'A'.repeat(36)]) {
      await expect(store.put(id, Buffer.from('x'))).rejects.toThrow(TypeError);
      await expect(store.get(id)).rejects.toThrow(TypeError);
      await expect(store.renew([id])).rejects.toThrow(TypeError);
      await expect(store.remove([id])).rejects.toThrow(TypeError);
    }
  });

  it('says that the folder is gone, instead of calling every payload missing', async () => {
    const folder = join(await newFolder(), 'mounted');
    const store = await FilePayloadStore.open(folder);
    const id = randomUUID();
    await store.put(id, Buffer.from('here'));
    await rename(folder, `${folder}-elsewhere`);
    await expect(store.get(id)).rejects.toMatchObject({ code: 'PAYLOAD_FOLDER_UNUSABLE' });
    await expect(store.put(id, Buffer.from('here'))).rejects.toMatchObject({ code: 'PAYLOAD_FOLDER_UNUSABLE' });
    await rename(`${folder}-elsewhere`, folder);
    await expect(store.get(id)).resolves.toEqual(Buffer.from('here'));
  });

  it('leaves nothing half written behind, and sweeps what a killed process left', async () => {
    const folder = await newFolder();
    const store = await FilePayloadStore.open(folder);
    const id = `${randomUUID().slice(0, -2)}aa`;
    await store.put(id, Buffer.alloc(10_000, 1));
    await expect(readdir(join(folder, 'aa'))).resolves.toEqual([id]);
    await writeFile(join(folder, 'aa', `${id}.0123456789ab.part`), 'half');
    await expect(store.sweep(-60_000, 100)).resolves.toBe(2);
    await expect(readdir(join(folder, 'aa'))).resolves.toEqual([]);
  });

  it('never sweeps what it has not written, in a folder that holds other files', async () => {
    const folder = await newFolder();
    const store = await FilePayloadStore.open(folder);
    const id = `${randomUUID().slice(0, -2)}aa`;
    const foreign = [
      'top.pdf',
      'invoices/2025-01.pdf',
      `invoices/${id}`,
      'aa/2025-01.pdf',
      `aa/${id.slice(0, -2)}bb`,
      `aa/${id}.bak`,
      `aa/${id}.part`,
      `aa/${randomUUID().slice(0, -2)}aa/nested`, // a folder that is named like a payload
    ];
    for (const path of foreign) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), 'not ours');
    }
    await store.put(id, Buffer.from('ours'));
    await expect(store.sweep(-60_000, 100)).resolves.toBe(1);
    for (const path of foreign) await expect(readFile(join(folder, path), 'utf8')).resolves.toBe('not ours');
  });
});

describe('PostgresPayloadStore', () => {
  it('makes its database and table itself, also when two services start at once', async () => {
    const database = await createTestDatabase('payloads');
    databases.push(database);
    await database.drop(); // only its name is wanted
    const { url } = database;
    const [one, other] = await Promise.all([PostgresPayloadStore.open({ url }), PostgresPayloadStore.open({ url })]);
    const id = randomUUID();
    await one.put(id, Buffer.from('shared'));
    await expect(other.get(id)).resolves.toEqual(Buffer.from('shared'));
    await Promise.all([one.close(), other.close()]);
  });
});
