import type { Kafka } from 'kafkajs';

import { uniqueTopic } from '../../testing/unique-topic.js';
import { type RunningCommand, startCommand } from '../testing/command.js';
import { javaTool, javaToolCommand } from '../testing/java-tools.js';
import { consume, countRecords, createTopic, kafkaOf, send, withAdmin } from '../testing/kafka-clients.js';
import { CHOSEN_KAFKA } from '../testing/own-broker.js';

jest.setTimeout(300_000); // Each tool is a JVM of its own.

/** `kafka-topics`, `kafka-console-*`, `kafka-consumer-groups`, `kafka-verifiable-*`, from Apache Kafka's own artefacts. */
describe(`Apache Kafka's own tools (on: ${CHOSEN_KAFKA})`, () => {
  const brokers = process.env['KAFKA_BROKERS'] ?? '';
  const lines = (text: string): string[] => text.trim().split('\n');
  const tool = (name: string, ...args: readonly string[]): Promise<string> => javaTool(brokers, name, args);
  let kafka: Kafka;
  let topic: string;
  let running: RunningCommand[];

  const start = (name: string, args: readonly string[]): RunningCommand => {
    const command = startCommand(...javaToolCommand(brokers, name, args));
    running.push(command);
    return command;
  };

  beforeEach(() => {
    running = [];
    kafka = kafkaOf(brokers);
    topic = uniqueTopic('java');
  });

  afterEach(() => Promise.all(running.map((each) => each.end())));

  it('kafka-topics creates, describes, grows and deletes', async () => {
    await tool('TopicCommand', '--create', '--topic', topic, '--partitions', '2', '--config', 'retention.ms=60000');
    await tool('TopicCommand', '--alter', '--topic', topic, '--partitions', '5');
    const description = await tool('TopicCommand', '--describe', '--topic', topic);
    expect(description).toContain('PartitionCount: 5');
    expect(description).toContain('retention.ms=60000');
    await tool('TopicCommand', '--delete', '--topic', topic);
    expect(lines(await tool('TopicCommand', '--list'))).not.toContain(topic);
  });

  it('kafka-console-producer and -consumer carry keys, headers and null values in compressed batches', async () => {
    await createTopic(kafka, topic, 1);
    const format = ['parse.headers=true', 'parse.key=true', 'null.marker=NULL'];
    await javaTool(
      brokers,
      'ConsoleProducer',
      ['--topic', topic, '--compression-codec', 'lz4', ...format.flatMap((each) => ['--reader-property', each])],
      'trace:t1,span:s1\tkey-1\tvalue 1\ntrace:t2\tkey-2\tNULL\n',
    );
    const shown = ['print.headers=true', 'print.key=true', 'print.offset=true', 'null.literal=NULL'];
    const output = await tool(
      'consumer.ConsoleConsumer',
      ...`--topic ${topic} --from-beginning --max-messages 2`.split(' '),
      ...shown.flatMap((each) => ['--formatter-property', each]),
    );
    expect(lines(output)).toEqual(['Offset:0\ttrace:t1,span:s1\tkey-1\tvalue 1', 'Offset:1\ttrace:t2\tkey-2\tNULL']);
  });

  it('kafka-consumer-groups lists and describes a group, and sets its offsets back by time', async () => {
    await createTopic(kafka, topic, 1, { 'retention.ms': '-1' });
    const time = 1_700_000_000_000;
    const messages = Array.from({ length: 10 }, (_, index) => ({
      value: `${index}`,
      timestamp: `${time + index * 1000}`,
    }));
    await send(kafka, topic, messages);
    await consume(kafka, topic, topic, 10);
    const groups = (...args: readonly string[]): Promise<string> =>
      tool('consumer.group.ConsumerGroupCommand', ...args);
    expect(lines(await groups('--list'))).toContain(topic);
    expect(await groups('--describe', '--group', topic)).toMatch(/\s0\s+10\s+10\s+0\s/);
    const datetime = new Date(time + 6500).toISOString();
    await groups('--reset-offsets', '--group', topic, '--topic', topic, '--to-datetime', datetime, '--execute');
    expect((await consume(kafka, topic, topic, 3)).map(({ value }) => value)).toEqual(['7', '8', '9']);
    await groups('--delete', '--group', topic);
    expect(lines(await groups('--list'))).not.toContain(topic);
  });

  it('F34: kafka-verifiable-consumers that join and leave under load read every record, and commit all', async () => {
    await createTopic(kafka, topic, 6);
    const groupMember = ['--topic', topic, '--group-id', topic, '--verbose'];
    const member = () => start('VerifiableConsumer', groupMember);
    const producer = start('VerifiableProducer', ['--topic', topic, '--throughput', '100']);
    const members = [member(), member(), member()];
    const hasRecords = (output: string): boolean => output.includes('"name":"record_data"');
    await Promise.all(members.map((each) => each.untilOutput(hasRecords)));
    await members[0]?.end();
    const late = member();
    members.push(late);
    await late.untilOutput(hasRecords);
    await members[1]?.end();
    await producer.end();
    const values = (running: RunningCommand, kind: string): readonly string[] =>
      lines(running.outputSoFar())
        .filter((line) => line.includes(`"name":"${kind}"`))
        .map((line) => /"value":"(\d+)"/.exec(line)?.[1] ?? line);
    const sent = new Set(values(producer, 'producer_send_success'));
    const committed = async (): Promise<number> => {
      const [group] = await withAdmin(kafka, (admin) => admin.fetchOffsets({ groupId: topic, topics: [topic] }));
      return group?.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0) ?? 0;
    };
    // A member prints what it has read before it commits it.
    const written = await countRecords(kafka, topic);
    while ((await committed()) < written) await new Promise((resolve) => setTimeout(resolve, 200));
    await Promise.all(members.map((each) => each.end()));
    expect(await committed()).toBe(written);
    const read = new Set(members.flatMap((each) => values(each, 'record_data')));
    expect([...sent].filter((value) => !read.has(value))).toEqual([]);
    expect(sent.size).toBeGreaterThan(0);
  });
});
