import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import { testKafkaBrokers } from '@waybill/embedded/testing';
import { CloudEvent, Kafka as KafkaBinding } from 'cloudevents';
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaMessage } from 'kafkajs';

import type { AsyncApi } from '../../api/api-documents.js';
import { addressOf, commandOf, operationOf } from '../../api/foreigner.js';
import type { ForeignCommand } from '../../api/foreigner.js';
import { call } from '../../system/api.js';
import { expectBalanced } from '../../system/ledger.js';
import type { RunningSystem } from '../../system/running-system.js';
import { testedBroker } from '../../system/tested-broker.js';
import { until } from '../../system/until.js';
import type { OrdinarySystem } from './ordinary-system.js';

const RESERVE = 'inventory.receive.inventory.reserve.v1';
const RELEASE = 'inventory.receive.inventory.release.v1';

/** kcat answers by its version; where there is none, what asks for it is skipped. */
const hasKcat = spawnSync('kcat', ['-V']).status === 0;
const onKafka = testedBroker() === 'kafka' ? describe : describe.skip;

/** Clients with nothing of Waybill, which follow the AsyncAPI document that the service serves. */
export function worksWithForeigners(running: () => OrdinarySystem): void {
  onKafka('somebody who has the AsyncAPI document alone', () => {
    const kafka = new Kafka({ clientId: 'foreigner', brokers: [...testKafkaBrokers()], logLevel: logLevel.NOTHING });
    let system: RunningSystem;
    let initial: ReadonlyMap<string, number>;
    let document: AsyncApi;

    beforeAll(async () => {
      ({ system, initial } = running());
      document = (await call<AsyncApi>(`${system.services.inventory.url}/asyncapi.json`)).body;
    });

    afterAll(() => expectBalanced(system, initial), 60_000);

    /** Sends it and waits for what answers it. */
    async function ask(
      { record, answers, isAnswer }: ForeignCommand,
      value: string | Buffer = record.value,
    ): Promise<KafkaMessage> {
      const producer = kafka.producer();
      const consumer = kafka.consumer({ groupId: `foreigner-${randomUUID()}` });
      const found: KafkaMessage[] = [];
      const close = () => Promise.all([producer.disconnect(), consumer.disconnect()]);
      await Promise.all([producer.connect(), consumer.connect()]);
      try {
        await consumer.subscribe({ topic: answers.topic, fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachMessage: async ({ message }) => {
            if (isAnswer(headersOf(message))) found.push(message);
          },
        });
        await producer.send({ topic: record.topic, messages: [{ key: record.key, headers: record.headers, value }] });
        await until(() => found.length > 0, { what: `an answer of ${answers.types.join(' or ')}` });
      } finally {
        await close();
      }
      const [answer] = found;
      if (!answer) throw new Error('There is no answer');
      return answer;
    }

    it('sends commands and gets their answers, by kafkajs', async () => {
      const orderId = randomUUID();
      const items = [{ sku: 'SKU-MUG-BLUE', quantity: 1 }];
      const reserved = await ask(commandOf(document, RESERVE, { orderId, items }));
      expect(headersOf(reserved)).toMatchObject({ ce_type: 'inventory.reserved.v1', ce_source: '/inventory' });
      expect(JSON.parse(reserved.value?.toString() ?? '')).toMatchObject({ orderId, items });
      const released = await ask(commandOf(document, RELEASE, { orderId }));
      expect(headersOf(released)['ce_type']).toBe('inventory.released.v1');
      expect(released.key?.toString()).toBe(orderId);
    });

    it('does so with the SDK of CloudEvents, which reads what the services send', async () => {
      const orderId = randomUUID();
      const command = commandOf(document, RELEASE, { orderId });
      const { headers } = command.record;
      const event = new CloudEvent({
        id: headers['ce_id'],
        type: headers['ce_type'],
        source: headers['ce_source'],
        subject: orderId,
        datacontenttype: headers['content-type'],
        partitionkey: orderId,
        data: JSON.parse(command.record.value) as object,
      });
      const message = KafkaBinding.binary(event);
      const given = Object.entries(message.headers).filter(([, value]) => value !== undefined); // it leaves some open
      const record = {
        ...command.record,
        key: String(message.key),
        headers: Object.fromEntries(given) as Record<string, string>,
      };
      const answer = await ask({ ...command, record }, JSON.stringify(message.value));

      const read = KafkaBinding.toEvent({ ...answer, headers: headersOf(answer) } as never) as CloudEvent<object>;
      expect(read).toMatchObject({
        specversion: '1.0',
        type: 'inventory.released.v1',
        source: '/inventory',
        subject: orderId,
        causationid: headers['ce_id'],
        data: { orderId },
      });
    });

    const withKcat = hasKcat ? it : it.skip;
    withKcat(
      `sends a command by the line for kcat that the document has${hasKcat ? '' : ' (skipped: no kcat here)'}`,
      async () => {
        const operation = operationOf(document, RELEASE);
        const env = { ...process.env, KAFKA_BROKERS: testKafkaBrokers().join(',') };
        const line = operation['x-kcat'] ?? '';
        const sent = spawnSync('sh', ['-c', line], { env, encoding: 'utf8' });
        expect({ line, status: sent.status, stderr: sent.stderr }).toMatchObject({ status: 0 });

        const { answers, record } = commandOf(document, RELEASE, {});
        expect(line).toContain(` -t ${addressOf(document, operation.channel)} `);
        const args = [
          '-C',
          '-b',
          env.KAFKA_BROKERS,
          '-t',
          answers.topic,
          '-o',
          'beginning',
          '-e',
          '-q',
          '-f',
          '%h\t%k\n',
        ];
        let read = '';
        await until(
          () => {
            read = spawnSync('kcat', args, { encoding: 'utf8' }).stdout;
            return read
              .split('\n')
              .some((each) => each.includes('ce_type=inventory.released.v1') && each.endsWith(`\t${record.key}`));
          },
          { what: 'kcat to read the answer', detail: () => read },
        );
      },
    );
  });
}

function headersOf({ headers = {} }: KafkaMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
