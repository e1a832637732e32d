import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { MessageHandler } from '@waybill/messaging';
import { noteContract, noteRecord } from '@waybill/messaging/testing';
import type { Note } from '@waybill/messaging/testing';

import { DeadLetters } from './dead-letters.js';
import { Replays } from './replays.js';
import { startRelease } from './testing/consuming-service.js';
import { until } from './testing/service.js';

const TOPIC = { name: 'notes', kind: 'command' } as const;
const operator = { who: 'ada', why: 'release 3 reads them' };
jest.setTimeout(60_000);

/** Version 1 called it `text` too; version 3 wants it marked by each step that lifted it. */
const mark = (step: string) => (data: unknown) => ({ text: `${(data as Note).text} ${step}` }); // parsed by its contract
const noteV1 = noteContract(TOPIC.name, 'note.taken', { kind: 'command' });
const noteV3 = noteContract(TOPIC.name, 'note.taken', {
  kind: 'command',
  version: 3,
  upcasters: new Map([
    [1, mark('1→2')],
    [2, mark('2→3')],
  ]),
});
const seen: string[] = [];

@Controller()
class Release1 {
  @MessageHandler(noteV1)
  take(): void {
    throw new Error('release 1 has a bug');
  }
}

@Controller()
class Release3 {
  @MessageHandler(noteV3)
  take(@Payload() { text }: Note): void {
    seen.push(text);
  }
}

describe('old dead letters under new code', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase('dlq_upcast');
  });
  afterAll(() => database.drop());

  it('F41 are lifted to the version of the contract of today when they are replayed, step by step, once', async () => {
    const name = new URL(database.url).pathname.slice(1);
    const before = await startRelease(name, TOPIC, [Release1]);
    await before.publisher.publish([noteRecord(noteV1, 'k', 'old')]);
    const letters = (release: typeof before) => release.app.get(DeadLetters).list({}, { limit: 10 });
    await until('it is dead', async () => (await letters(before)).length === 1);
    await before.app.close();

    const after = await startRelease(name, TOPIC, [Release3]);
    const replays = after.app.get(Replays);
    const [letter] = await letters(after);
    expect((await replays.preview({}, 10)).items).toMatchObject([
      {
        runs: true,
        handler: 'Release3.take',
        upcasters: ['note.taken.v1→note.taken.v2', 'note.taken.v2→note.taken.v3'],
      },
    ]);
    expect(await after.app.get(DeadLetters).find(letter?.id ?? '')).toMatchObject({
      type: 'note.taken.v1',
      payloadKind: 'masked',
      payload: { text: 'old 1→2 2→3' },
    });
    const report = await replays.replay({}, operator, { limit: 10, waitMs: 20_000 });
    expect(report).toMatchObject({ taken: 1, replayed: 1, failed: 0 });
    await after.publisher.publish([noteRecord(noteV1, 'k', 'fresh')]); // by a sender that isn't up to date
    await until('both were handled', () => seen.length === 2);
    expect(seen).toEqual(['old 1→2 2→3', 'fresh 1→2 2→3']);
    await after.app.close();
  });

  it('F41 are told apart from what no code can lift any more, before and after a replay', async () => {
    const release = await startRelease(new URL(database.url).pathname.slice(1), TOPIC, [Release3]);
    const contract = noteContract(TOPIC.name, 'note.taken', { kind: 'command', version: 9 });
    await release.publisher.publish([noteRecord(contract, 'z', 'from the future')]);
    const replays = release.app.get(Replays);
    await until('it is dead', async () => (await replays.preview({}, 1)).count === 1);
    const item = { runs: false, reason: 'UNKNOWN_VERSION', upcasters: [] };
    expect((await replays.preview({}, 1)).items).toMatchObject([item]);
    const report = await replays.replay({}, operator, { limit: 1, waitMs: 20_000 });
    expect(report).toMatchObject({ failed: 1, failures: [{ error: expect.stringContaining('note.taken.v9') }] });
    await release.app.close();
  });
});
