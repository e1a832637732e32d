import { SERVICE_NAMES, topics } from '@waybill/contracts';

import { heldMessages } from '../system/held-messages.js';
import { KafkaCluster } from '../system/kafka-cluster.js';
import { expectBalanced, stockTake } from '../system/ledger.js';
import { readPublishedLog } from '../system/published-log.js';
import { RunningSystem } from '../system/running-system.js';
import { SteadyOrders } from '../system/steady-orders.js';
import type { EndedOrder } from '../system/steady-orders.js';

/** At five a second, as long as the test may take. */
const MOST_ORDERS = 2_400;

describe('a cluster of three nodes', () => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await KafkaCluster.start();
  }, 300_000);

  afterAll(() => cluster?.remove(), 60_000);

  describe.each(['kafkajs', 'platformatic'])('and services on %s', (client) => {
    let system: RunningSystem;
    let initial: ReadonlyMap<string, number>;

    beforeAll(async () => {
      system = await RunningSystem.start({ KAFKA_BROKERS: cluster.brokers, KAFKA_CLIENT: client });
      initial = await stockTake(system);
      await cluster.replicated();
    }, 240_000);

    afterAll(() => system?.stop(), 60_000);

    it('lose nothing while each node is restarted in turn, and one that leads is killed (F89)', async () => {
      const pids = pidsOf(system);
      const phases: Phase[] = [];
      const during = async (name: string, work: () => Promise<void>): Promise<void> => {
        const from = performance.now();
        await work();
        phases.push({ name, from, to: performance.now() });
      };
      const orders = new SteadyOrders(system, MOST_ORDERS);
      for (const node of cluster.nodes) {
        await during(`node ${node.id} is restarted`, async () => {
          await node.stop();
          await node.start();
          await cluster.replicated();
        });
      }
      const leader = await cluster.leaderOf(`${system.broker.prefix}${topics.paymentCommands.name}`, 0);
      await during(`node ${leader.id} is killed, and comes back`, async () => {
        await leader.kill();
        await leader.start();
        await cluster.replicated();
      });

      const ended = await orders.stop();
      say(client, ended, phases);
      expect(phases.filter((phase) => placedIn(phase, ended).length === 0)).toEqual([]); // else it proves nothing of them
      expect(ended.filter(({ status, expected }) => status !== expected)).toEqual([]);
      await expectBalanced(system, initial);
      expect(await heldMessages(system.databasePrefix)).toEqual([]);
      const { sent: _, repeated: __, ...faults } = await readPublishedLog(system);
      expect(faults).toEqual({ lost: [], unknown: [], outOfOrder: [] });
      await Promise.all(SERVICE_NAMES.map((name) => system.services[name].ready()));
      expect(pidsOf(system)).toEqual(pids);
    }, 480_000);
  });
});

interface Phase {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function pidsOf({ services }: RunningSystem): readonly (number | undefined)[] {
  return SERVICE_NAMES.map((name) => services[name].pid);
}

function placedIn({ from, to }: Phase, ended: readonly EndedOrder[]): readonly EndedOrder[] {
  return ended.filter(({ placedAt }) => placedAt >= from && placedAt < to);
}

/** How long orders took, by what happened meanwhile. */
function say(client: string, ended: readonly EndedOrder[], phases: readonly Phase[]): void {
  for (const phase of phases) {
    const { name, from, to } = phase;
    const took = placedIn(phase, ended).map(({ tookMs }) => tookMs);
    const [seconds, longest] = [(to - from) / 1_000, Math.max(0, ...took) / 1_000];
    process.stderr.write(
      `${client}: ${name} (${seconds.toFixed(1)} s): of ${took.length} orders the longest took ${longest.toFixed(1)} s\n`,
    );
  }
}
