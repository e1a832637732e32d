import { randomUUID } from 'node:crypto';

import { newId } from '@waybill/observability';

import { Aws } from './aws.js';
import type { Clients } from './aws.js';
import { Positions } from './positions.js';
import type { GroupPosition } from './positions.js';
import { Emulator } from './testing/emulator.js';
import './testing/test-sqs.js';

jest.setTimeout(60_000);

/** SQS's counts may be of a minute ago. */
class EmptyCounts extends Aws {
  override async count(): Promise<number> {
    return 0;
  }
}

/** SQS may give out fewer messages than there are. */
class SmallPages extends Aws {
  override async open(): Promise<Clients> {
    const { sqs, sns } = await super.open();
    const receiveMessage = (input: Parameters<typeof sqs.receiveMessage>[0]): unknown =>
      sqs.receiveMessage({ ...input, MaxNumberOfMessages: 2 });
    const get = (target: typeof sqs, name: string | symbol): unknown => {
      const value: unknown = name === 'receiveMessage' ? receiveMessage : Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    };
    return { sns, sqs: new Proxy(sqs, { get }) };
  }
}

describe('positions on SQS', () => {
  let emulator: Emulator;
  let aws: Aws;
  let queue: string;

  beforeAll(async () => {
    emulator = await Emulator.start();
    aws = awsOf(Aws);
  });
  afterAll(async () => {
    await aws.close();
    await emulator.kill();
  });

  beforeEach(async () => {
    queue = `${randomUUID()}-at.fifo`;
    await aws.ensureQueue(queue, {});
  });

  function awsOf(Kind: typeof Aws): Aws {
    return new Kind({ region: 'eu-central-1', endpoint: emulator.url });
  }

  const at = (number: number): GroupPosition => {
    return { next: number, taken: number, sequence: String(number), log: '1', owner: 'me' };
  };

  /** As readers leave them that write one each before the lane changes hands. */
  async function pileUp(count: number): Promise<void> {
    for (let number = 1; number <= count; number += 1) await new Positions(aws, queue).write(at(number));
  }

  it('F86: are the furthest of more messages than SQS gives out at a time, and one is left of them', async () => {
    await pileUp(33);
    expect(await new Positions(aws, queue).readAll()).toEqual(at(33));
    await pileUp(33);
    expect(await new Positions(aws, queue).open()).toEqual(at(33));
    expect(await aws.count(queue)).toBe(1);
    expect(await new Positions(aws, queue).read()).toEqual(at(33));
  });

  it('F86: are the furthest also where SQS gives out fewer messages than there are', async () => {
    await pileUp(9);
    expect(await new Positions(awsOf(SmallPages), queue).readAll()).toEqual(at(9));
    await pileUp(9);
    expect(await new Positions(awsOf(SmallPages), queue).open()).toEqual(at(9));
  });

  it('F86: are read also where SQS counts no messages', async () => {
    await pileUp(1);
    expect(await new Positions(awsOf(EmptyCounts), queue).open()).toEqual(at(1));
    expect(await new Positions(awsOf(EmptyCounts), queue).readAll()).toEqual(at(1));
  });

  it('F86: are refused, and not told as far as they are seen, while somebody hides one', async () => {
    await pileUp(1);
    const { sqs } = await aws.open();
    await sqs.receiveMessage({ QueueUrl: await aws.queueUrl(queue), VisibilityTimeout: 60 });
    const all = [1, 2, 3].map(() => new Positions(aws, queue));
    const readings = [all[0]?.readAll(), all[1]?.open(), all[2]?.read()];
    await Promise.all(
      readings.map((reading) => expect(reading).rejects.toThrow(/counts 1 messages in .*, and gives out 0/)),
    );
  });

  it('wait for those that somebody hides for a moment', async () => {
    await pileUp(2);
    const { sqs } = await aws.open();
    await sqs.receiveMessage({ QueueUrl: await aws.queueUrl(queue), MaxNumberOfMessages: 10, VisibilityTimeout: 2 });
    expect(await new Positions(aws, queue).readAll()).toEqual(at(2));
  });

  it('leave few messages behind, however often they are written', async () => {
    const positions = new Positions(aws, queue);
    for (let number = 1; number <= 50; number += 1) {
      await positions.write(at(number));
      expect(await aws.count(queue)).toBeLessThan(10);
    }
    expect(await positions.readAll()).toEqual(at(50));
  });

  it('join what two members have written, each as far as it knew, and pass over what is none', async () => {
    const [one, other] = [new Positions(aws, queue), new Positions(aws, queue)];
    await one.write({ ...at(5), taken: 20, sequence: '20' });
    await other.write({ ...at(10), taken: 15, sequence: '15' });
    const { sqs } = await aws.open();
    const entry = { MessageGroupId: newId(), MessageDeduplicationId: newId() };
    await sqs.sendMessage({ QueueUrl: await aws.queueUrl(queue), MessageBody: 'nonsense', ...entry });
    const both = { ...at(10), taken: 20, sequence: '20' };
    expect(await one.readAll()).toEqual(both);
    expect(await other.open()).toEqual(both);
    expect(await one.read()).toEqual(both);
  });
});
