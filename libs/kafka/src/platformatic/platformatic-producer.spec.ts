import { answerPlatformatic, metadataOf } from '../testing/answer-platformatic.js';
import { PlatformaticProducer } from './platformatic-producer.js';

const [ONE, TWO] = [1, 2];

describe('a producer of platformatic on two brokers', () => {
  let leader: number;
  let gone: number | undefined;
  let takenBy: number[];
  let producer: PlatformaticProducer;

  beforeEach(async () => {
    [leader, gone, takenBy] = [ONE, undefined, []];
    answerPlatformatic(
      {
        Metadata: (_, topics) => metadataOf([ONE, TWO], topics as string[], leader),
        Produce: (port) => {
          takenBy.push(port);
          return { responses: [] };
        },
      },
      (port) => port === gone,
    );
    producer = await PlatformaticProducer.connect({ brokers: ['127.0.0.1:3'], clientId: 'test' });
  });

  afterEach(async () => {
    await producer.close();
    jest.restoreAllMocks();
  });

  const send = () => producer.send([{ topic: 't', key: Buffer.from('a'), value: Buffer.from('a'), headers: {} }]);

  it('sends to the next leader once the one before it is gone (F89)', async () => {
    await send();
    [leader, gone] = [TWO, ONE];
    await expect(send()).rejects.toMatchObject({ isConnectionProblem: true });
    await send();
    expect(takenBy).toEqual([ONE, TWO]);
  });
});
