import { ProtocolError } from '@platformatic/kafka';

import type { ConsumerListener } from '../kafka-client.js';
import { answerPlatformatic, metadataOf } from '../testing/answer-platformatic.js';
import { PlatformaticClient } from './platformatic-client.js';

const [ONE, TWO] = [1, 2];
const NOBODY: ConsumerListener = {
  onAssigned: () => {},
  onFetched: () => {},
  onPositionLost: () => {},
  onProgress: () => {},
  onUnreachable: () => {},
  onCrash: () => {},
};

describe('a consumer of platformatic whose place is taken by another one', () => {
  let refusal: string;
  let joined: string[];
  let left: number;
  let client: PlatformaticClient;

  beforeEach(() => {
    [refusal, joined, left] = ['', [], 0];
    answerPlatformatic(
      {
        Metadata: (_, topics) => metadataOf([ONE, TWO], topics as string[], ONE),
        FindCoordinator: () => ({ coordinators: [{ key: 'g', nodeId: refusal === '' ? ONE : TWO }] }),
        JoinGroup: (_, __, ___, ____, memberId) => {
          joined.push(String(memberId));
          return { memberId: memberId || 'new', generationId: 1, leader: 'other', protocolName: 'p', members: [] };
        },
        SyncGroup: () => ({ assignment: Buffer.alloc(0) }),
        Heartbeat: (port) => {
          if (port === ONE && refusal !== '') throw new ProtocolError(refusal);
        },
        LeaveGroup: () => void (left += 1),
      },
      () => false,
    );
    client = new PlatformaticClient({ brokers: ['127.0.0.1:3'], clientId: 'test' });
  });

  afterEach(() => jest.restoreAllMocks());

  async function start(onCrash: (error: Error) => void) {
    const options = { group: 'g', topics: ['t'], sessionTimeoutMs: 40, metadataMaxAgeMs: 30_000 };
    const consumer = client.createConsumer(options, { ...NOBODY, onCrash });
    await consumer.start();
    return consumer;
  }

  /** @returns where the one that came after it was at the join, and whether the first one left */
  async function crashBy(type: string) {
    let crash: (error: Error) => void = () => {};
    const crashed = new Promise<Error>((resolve) => (crash = resolve));
    const first = await start(crash);
    refusal = type;
    await crashed;
    const closed = first.close();
    const second = await start(() => {});
    await closed;
    const leftBefore = left;
    await second.close();
    return { joined, left: leftBefore };
  }

  it.each(['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_LOAD_IN_PROGRESS'])(
    'is the member that it was where the coordinator has moved: %s (F89)',
    async (type) => {
      expect(await crashBy(type)).toEqual({ joined: ['', 'new'], left: 0 });
    },
  );

  it('leaves the group where it has failed for another reason', async () => {
    expect(await crashBy('GROUP_AUTHORIZATION_FAILED')).toEqual({ joined: ['', ''], left: 1 });
  });
});
