import { answerPlatformatic, metadataOf } from '../testing/answer-platformatic.js';
import { PlatformaticProducer } from './platformatic-producer.js';

const [ONE, TWO, BOOTSTRAP] = [1, 2, 3];

describe('a producer of platformatic on two brokers', () => {
  let leader: number;
  let gone: Set<number>;
  let takenBy: number[];
  let producer: PlatformaticProducer;

  beforeEach(async () => {
    [leader, gone, takenBy] = [ONE, new Set(), []];
    answerPlatformatic(
      {
        Metadata: (_, topics) => metadataOf([ONE, TWO], topics as string[], leader),
        Produce: (port) => {
          takenBy.push(port);
          return { responses: [] };
        },
      },
      (port) => gone.has(port),
    );
    producer = await PlatformaticProducer.connect({ brokers: [`127.0.0.1:${BOOTSTRAP}`], clientId: 'test' });
  });

  afterEach(async () => {
    await producer.close();
    jest.restoreAllMocks();
  });

  const send = () => producer.send([{ topic: 't', key: Buffer.from('a'), value: Buffer.from('a'), headers: {} }]);

  it('sends to the next leader once the one before it is gone (F89)', async () => {
    await send();
    leader = TWO;
    gone.add(ONE);
    await expect(send()).rejects.toMatchObject({ isConnectionProblem: true });
    await send();
    expect(takenBy).toEqual([ONE, TWO]);
  });

  it('asks the brokers that it has heard of, where the one that it was given is gone (F89)', async () => {
    await send();
    leader = TWO;
    gone.add(ONE).add(BOOTSTRAP);
    await expect(send()).rejects.toMatchObject({ isConnectionProblem: true });
    await send();
    expect(takenBy).toEqual([ONE, TWO]);
  });

  it('says so where nobody can be reached', async () => {
    await send();
    for (const port of [ONE, TWO, BOOTSTRAP]) gone.add(port);
    await expect(send()).rejects.toMatchObject({ isConnectionProblem: true });
    await expect(send()).rejects.toMatchObject({ isConnectionProblem: true });
  });
});
