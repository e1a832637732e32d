import { Database } from '@waybill/database';
import { Discards, LetterEdits, LetterNotDeadError, Replays } from '@waybill/dlq';
import { createTestDatabase } from '@waybill/embedded/testing';
import type { RecordToPublish } from '@waybill/messaging';
import { eventually, noteRecord } from '@waybill/messaging/testing';

import { contract, startReplica, topics } from './one-service.js';
import { propertyBroker } from './property-broker.js';
import { write } from './scripts.js';
import type { Step } from './steps.js';

export interface Held {
  readonly seq: string;
  readonly text: string;
  readonly state: 'retrying' | 'parked' | 'dead' | 'handled' | 'discarded';
}

const operator = { who: 'ada', why: 'a property' };
const PATIENCE_MS = 60_000;

/** Two replicas of the service on one database and one broker, and what is known from outside. One life after the other. */
export async function startWorld() {
  const testDatabase = await createTestDatabase('property');
  const { broker, ...at } = await propertyBroker();
  await broker.ensureTopics(topics);
  const publisher = await broker.createPublisher();
  const name = new URL(testDatabase.url).pathname.slice(1);
  const app = await startReplica(name, at.open());
  const other = await startReplica(name, at.open());
  const database = app.get(Database);
  // Without a name: each life has its own texts.
  const sql = <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    database.query<Row>({ name: '', text }, values);
  await sql('CREATE TABLE effect (seq bigserial PRIMARY KEY, text text NOT NULL)');
  let lives = 0;

  const consumed = (): Promise<void> => eventually(at.isConsumed, PATIENCE_MS);

  return {
    /** Nothing of an earlier life runs on into it: its keys are its own. */
    begin() {
      const prefix = `life${(lives += 1)}-`;
      const records: { readonly text: string; readonly key: string; readonly record: RecordToPublish }[] = [];
      const mine = `convert_from(key, 'UTF8') LIKE '${prefix}%'`;

      const held = (): Promise<Held[]> =>
        sql(
          `SELECT seq, state, convert_from(value, 'UTF8')::json->>'text' AS text FROM held_message WHERE ${mine} ORDER BY seq`,
        );

      const replay = (limit: number, replica = app) =>
        replica.get(Replays, { strict: false }).replay({}, operator, { limit });

      return {
        prefix,
        records,
        held,
        replay,
        effects: async (): Promise<readonly string[]> =>
          (await sql<{ text: string }>(`SELECT text FROM effect WHERE text LIKE '${prefix}%' ORDER BY seq`)).map(
            ({ text }) => text,
          ),

        /** Nothing is under way or due any more: what is left are dead letters and what is parked behind them. */
        async atRest(): Promise<void> {
          await consumed();
          await eventually(async () => {
            const [row] = await sql<{ busy: number; idle: number }>(`SELECT
                 (SELECT count(*)::int FROM held_message h WHERE ${mine} AND (h.state = 'retrying' OR h.state = 'parked'
                    AND NOT EXISTS (SELECT 1 FROM held_message e WHERE e.key = h.key AND e.seq < h.seq AND e.state = 'dead'))) AS busy,
                 (SELECT count(*)::int FROM parked_key p WHERE ${mine} AND NOT EXISTS (
                    SELECT 1 FROM held_message h WHERE h.key = p.key AND h.state IN ('dead', 'parked', 'retrying'))) AS idle`);
            return row?.busy === 0 && row.idle === 0;
          }, PATIENCE_MS);
        },

        async take(step: Step): Promise<void> {
          switch (step.kind) {
            case 'publish': {
              const key = `${prefix}k${step.key}`;
              const text = `${key}#${records.length}`;
              write(text, step.script);
              const record = noteRecord(contract, key, text);
              records.push({ text, key, record });
              await publisher.publish([record]);
              return;
            }
            case 'publish-again': {
              const again = records[step.place % Math.max(records.length, 1)];
              if (again !== undefined) await publisher.publish([again.record]);
              return;
            }
            case 'rebalance':
              await at.rebalance();
              return;
            case 'member-lost':
              await at.loseMember();
              return;
            case 'claims-lost':
              await sql(`UPDATE held_message SET claimed_until = now() WHERE claimed_until IS NOT NULL`);
              return;
            case 'replay':
              await Promise.all([replay(step.limit), ...(step.clicks === 2 ? [replay(step.limit, other)] : [])]);
              return;
            case 'edit': {
              const letter = (await held()).find(({ state }) => state === 'dead');
              if (letter === undefined) return;
              const edit = app.get(LetterEdits, { strict: false }).edit(letter.seq, { text: letter.text }, operator);
              await edit.catch((error: unknown) => {
                if (!(error instanceof LetterNotDeadError)) throw error; // somebody was quicker
              });
              return;
            }
            case 'discard':
              await other.get(Discards, { strict: false }).discard({ state: step.state }, operator, 1);
              return;
            case 'consumed':
              await consumed();
          }
        },
      };
    },

    async stop(): Promise<void> {
      await Promise.all([app.close(), other.close()]);
      await at.remove();
      await testDatabase.drop();
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;
export type Life = ReturnType<World['begin']>;
