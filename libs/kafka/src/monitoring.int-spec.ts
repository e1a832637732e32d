import { randomUUID } from 'node:crypto';

import { Controller } from '@nestjs/common';
import { ConsumerLag, MessageHandler } from '@waybill/messaging';
import { consumingApp } from '@waybill/messaging/testing';
import { eventually } from '@waybill/messaging/testing';
import { noteContract, noteRecord } from '@waybill/messaging/testing';
import { MetricsModule, Metrics, Monitor, MonitorModule, monitorSettings, readConfig } from '@waybill/observability';
import type { Alert, AlertPort } from '@waybill/observability';

import { testKafka } from './testing/test-kafka.js';

jest.setTimeout(60_000);

const notes = noteContract('notes');
const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');

/** Lets nothing through until it is opened. */
class Gate {
  static open = false;
}

@Controller()
class Notes {
  @MessageHandler(notes)
  async take(): Promise<void> {
    while (!Gate.open) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('measures the lag of a consumer on Kafka, tells of it when it grows old, and of its end', async () => {
  const topicPrefix = `m${randomUUID().slice(0, 8)}.`;
  const broker = testKafka({ brokers, topicPrefix, partitions: 2 });
  const topics = [{ name: 'notes', kind: 'event' as const }];
  await broker.ensureTopics(topics);
  const told: string[] = [];
  const channel: AlertPort = {
    send: async ({ rule, subject, state }: Alert) => void told.push(`${rule} ${subject} ${state}`),
  };
  const read = readConfig({}, monitorSettings);
  const config = { ...read, monitorIntervalMs: 50, alertLagMs: 500, alertResolveAfterMs: 1 };
  const { app } = await consumingApp(
    broker,
    { topics, group: 'g' },
    [Notes],
    [MetricsModule.forRoot(), MonitorModule.forRoot({ service: 'test', config, channels: [channel] })],
  );
  const monitor = app.get(Monitor);
  const lag = app.get(ConsumerLag);
  await monitor.tick();
  expect(await lag.topics()).toEqual([]);
  await app.startAllMicroservices();
  const publisher = await broker.createPublisher();
  await publisher.publish([noteRecord(notes, 'a', '1'), noteRecord(notes, 'b', '2'), noteRecord(notes, 'c', '3')]);
  await eventually(async () => (await lag.topics())[0]?.lagMessages === 3);
  await eventually(async () => {
    await monitor.tick();
    return told.length > 0;
  });
  expect((await lag.topics())[0]).toMatchObject({ topic: 'notes', group: 'g', partitions: 2, lagMessages: 3 });
  const text = await app.get(Metrics).expose();
  expect(text).toContain('waybill_consumer_lag_messages{group="g",topic="notes"} 3');
  expect(text).toContain('waybill_consumer_down_seconds{group="g"} 0');
  Gate.open = true;
  await eventually(async () => {
    await monitor.tick();
    return told.length > 1;
  });
  expect(told).toEqual(['consumer-lag group=g topic=notes firing', 'consumer-lag group=g topic=notes resolved']);
  await app.close();
  await broker.close();
});
