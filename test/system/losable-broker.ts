import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort, startEmbeddedKafka, TcpProxy } from '@waybill/embedded/testing';
import { isNatsInstalled, NATS_URL, OwnServer } from '@waybill/nats/testing';
import { OwnRabbit, rabbitUrl } from '@waybill/rabbitmq/testing';

import { emulatorUrl, testedBroker } from './tested-broker.js';

/** A server whose data outlives it until it is removed. */
interface Server {
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  remove(): Promise<void>;
}

/** A broker that a test can take away, and bring back with what it had. */
export class LosableBroker {
  #isLost = false;

  private constructor(
    /** Environment of services, to go over those of their broker space. */
    readonly settings: Readonly<Record<string, string>>,
    /** How it is lost, for people. */
    readonly how: string,
    private readonly work: {
      readonly lose: () => Promise<void>;
      readonly bringBack: () => Promise<void>;
      readonly remove: () => Promise<void>;
      readonly cut?: () => void;
    },
  ) {}

  /**
   * @param whose `own` = a server that is killed, where one can be started; else only the way to the run's RabbitMQ or NATS, which
   *   is others', too: every connection breaks, and no new one comes about. Kafka is always an embedded one of the test's own.
   */
  static async start(whose: 'own' | 'shared'): Promise<LosableBroker> {
    const broker = testedBroker();
    if (broker === 'kafka') return LosableBroker.#kafka();
    if (broker === 'sqs') return LosableBroker.#behindProxy(emulatorUrl(), undefined, 'AWS_ENDPOINT_URL');
    const server = whose === 'own' ? await OWN[broker]() : undefined;
    return LosableBroker.#behindProxy(SHARED[broker], server);
  }

  async lose(): Promise<void> {
    this.#isLost = true;
    await this.work.lose();
  }

  /** Repeatable. */
  async bringBack(): Promise<void> {
    if (this.#isLost) await this.work.bringBack();
    this.#isLost = false;
  }

  /** Breaks all connections. `undefined` = nothing stands between: clients of Kafka go round a proxy. */
  get cut(): (() => void) | undefined {
    return this.work.cut;
  }

  remove(): Promise<void> {
    return this.work.remove();
  }

  static async #kafka(): Promise<LosableBroker> {
    const dataDir = mkdtempSync(join(tmpdir(), 'waybill-broker-'));
    const port = await freePort();
    const start = () => startEmbeddedKafka({ storage: { dataDir }, port, autoCreateTopics: false });
    let kafka = await start();
    return new LosableBroker({ KAFKA_BROKERS: `127.0.0.1:${port}` }, 'stopped the embedded Kafka', {
      lose: () => kafka.stop(),
      bringBack: async () => {
        kafka = await start();
      },
      remove: async () => {
        await kafka.stop();
        rmSync(dataDir, { recursive: true, force: true });
      },
    });
  }

  static async #behindProxy(
    url: string,
    server: Server | undefined,
    setting: 'BROKER_URL' | 'AWS_ENDPOINT_URL' = 'BROKER_URL',
  ): Promise<LosableBroker> {
    const proxy = await TcpProxy.start(server?.url ?? url);
    const how = server === undefined ? 'closed the way to the broker' : 'killed the broker with -9';
    return new LosableBroker({ [setting]: proxy.url }, how, {
      lose: async () => (server === undefined ? proxy.refuse() : server.kill()),
      bringBack: async () => (server === undefined ? proxy.reopen() : server.start()),
      remove: async () => {
        await proxy.stop();
        await server?.remove();
      },
      cut: () => proxy.cut(),
    });
  }
}

const SHARED = { rabbitmq: rabbitUrl, nats: NATS_URL };
const OWN = {
  rabbitmq: () => OwnRabbit.start(),
  nats: async () => (isNatsInstalled() ? OwnServer.start() : undefined),
};
