import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { newMessage } from '@waybill/messaging';
import { noteContract } from '@waybill/messaging/testing';

import { startNoteService } from '../system/note-service.js';
import type { NoteService } from '../system/note-service.js';
import { until } from '../system/until.js';

/** 1 MB in UTF-8, of which JSON escapes what UTF-8 can't carry: two-, three- and four-byte letters, NUL, lone surrogates. */
const MEGABYTE = 'ä€𝄞\0\uD800x'.repeat(60_000);

const eventually = (what: string, condition: () => boolean | Promise<boolean>): Promise<void> =>
  until(async () => condition(), { timeoutMs: 60_000, what });

describe.each(['a folder', 'PostgreSQL'] as const)('large messages by way of %s', (kind) => {
  let testDatabase: TestDatabase;
  let payloads: TestDatabase;
  let folder: string;
  let service: NoteService;

  beforeAll(async () => {
    [testDatabase, payloads] = await Promise.all([createTestDatabase('notes'), createTestDatabase('payloads')]);
    folder = await mkdtemp(join(tmpdir(), 'waybill-claim-check-'));
    const url = kind === 'PostgreSQL' ? payloads.url : pathToFileURL(folder).href;
    service = await startNoteService(testDatabase.url, url);
  });

  afterAll(async () => {
    await service?.stop();
    await rm(folder, { recursive: true, force: true });
    await Promise.all([testDatabase?.drop(), payloads?.drop()]);
  });

  beforeEach(() => {
    service.taken.length = 0;
    service.store.mishap = undefined;
  });

  const send = async (key: string, ...texts: readonly string[]): Promise<readonly string[]> => {
    const messages = texts.map((text) => newMessage(noteContract(service.topic), { key, data: { text } }));
    await service.database.transaction(async (tx) => service.outbox.add(tx, ...messages));
    return messages.map(({ id }) => id);
  };
  /** What was taken, in order. */
  const labels = (): readonly string[] =>
    service.taken.map(({ text }) => (text === MEGABYTE ? 'a megabyte' : text.slice(0, 100)));
  const taken = (count: number): Promise<void> =>
    eventually(`${count} are taken`, () => service.taken.length === count);

  it('carries a megabyte of any text that the broker would refuse, in the order of its key', async () => {
    expect(Buffer.byteLength(JSON.stringify({ text: MEGABYTE }))).toBeGreaterThan(1_048_588);
    await send('k', 'before', MEGABYTE, 'after', MEGABYTE);
    await taken(4);
    expect(labels()).toEqual(['before', 'a megabyte', 'after', 'a megabyte']);
  });

  it('continues on its own after the store was down for the sender, then for the receiver; no attempt is counted', async () => {
    service.store.mishap = 'put';
    await send('k', MEGABYTE, 'behind it');
    await send('other', 'small');
    await eventually('the store has refused', () => service.store.refusals >= 2);
    await taken(1);
    expect(labels()).toEqual(['small']);
    service.store.mishap = 'get';
    const refusals = service.store.refusals;
    await eventually('the store has refused again', () => service.store.refusals >= refusals + 2);
    await send('other', 'small too');
    await taken(2);
    service.store.mishap = undefined;
    await taken(4);
    expect(labels().slice(2)).toEqual(['a megabyte', 'behind it']);
    expect(await service.letters()).toEqual([]);
  });

  it('makes a dead letter of a message whose payload is not the one that was sent, and replays it once it is', async () => {
    service.store.mishap = 'corrupt';
    const [id] = await send('c', MEGABYTE, 'behind it');
    await eventually('it is a letter', async () => (await service.letters()).length === 1);
    const [letter] = await service.letters();
    expect(letter).toMatchObject({ message_id: id, reason: 'PAYLOAD_CORRUPT', value: Buffer.alloc(0) });
    expect(labels()).toEqual([]);
    service.store.mishap = undefined;
    await service.store.put(id ?? '', Buffer.from(JSON.stringify({ text: MEGABYTE })));
    if (letter) await service.replay(letter);
    await taken(2);
    expect(labels()).toEqual(['a megabyte', 'behind it']);
    expect(await service.letters()).toEqual([]);
  });

  it('makes a dead letter of a message whose payload is missing, with the reason', async () => {
    service.store.mishap = 'lose';
    const [id] = await send('m', MEGABYTE);
    await eventually('it is a letter', async () => (await service.letters()).length === 1);
    expect(await service.letters()).toMatchObject([{ message_id: id, reason: 'PAYLOAD_MISSING' }]);
  });
});
