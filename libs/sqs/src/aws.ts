import type { SNS } from '@aws-sdk/client-sns';
import type { SQS } from '@aws-sdk/client-sqs';

import { isMissing, isThere } from './sqs-errors.js';
import type { SqsSettings } from './sqs-options.js';

export interface Clients {
  readonly sqs: SQS;
  readonly sns: SNS;
}

/** Longer than SQS lets a request wait for records. */
const REQUEST_TIMEOUT_MS = 30_000;
const CONNECTION_TIMEOUT_MS = 3_000;
/** Each lane that waits for records takes one. */
const SOCKETS = 1_000;

/**
 * AWS's clients, loaded at first use: most applications run on another broker. Who we are, and how that is renewed, is theirs to find
 * out, as any program on AWS does.
 */
export class Aws {
  #opening: Promise<Clients> | undefined;
  readonly #urls = new Map<string, string>();

  constructor(private readonly settings: Pick<SqsSettings, 'region' | 'endpoint'>) {}

  /** For messages. */
  get place(): string {
    return this.settings.endpoint ?? `AWS, ${this.settings.region}`;
  }

  open(): Promise<Clients> {
    this.#opening ??= this.#load();
    return this.#opening;
  }

  /** @throws what SQS says where there is none; `isMissing` tells */
  async queueUrl(name: string): Promise<string> {
    const known = this.#urls.get(name);
    if (known !== undefined) return known;
    const { sqs } = await this.open();
    const { QueueUrl: url = '' } = await sqs.getQueueUrl({ QueueName: name });
    this.#urls.set(name, url);
    return url;
  }

  /** Leaves one that exists as it is. */
  async ensureQueue(
    name: string,
    attributes: Readonly<Record<string, string>>,
    tags: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    this.#urls.delete(name); // the caller wants to know whether it is there now
    try {
      return await this.queueUrl(name);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    const { sqs } = await this.open();
    try {
      await sqs.createQueue({ QueueName: name, Attributes: { FifoQueue: 'true', ...attributes }, tags });
    } catch (error) {
      if (!isThere(error)) throw error; // somebody else was first
    }
    return this.queueUrl(name);
  }

  /** How many messages a queue holds: those that wait, and those that somebody has in hand. */
  async count(name: string): Promise<number> {
    const { sqs } = await this.open();
    const { Attributes: given = {} } = await sqs.getQueueAttributes({
      QueueUrl: await this.queueUrl(name),
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    });
    return Object.values(given).reduce((sum, count) => sum + Number(count), 0);
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening === undefined) return;
    const { sqs, sns } = await opening;
    sqs.destroy();
    sns.destroy();
  }

  async #load(): Promise<Clients> {
    const [{ SQS: Sqs }, { SNS: Sns }] = await Promise.all([
      import('@aws-sdk/client-sqs'),
      import('@aws-sdk/client-sns'),
    ]);
    const { region, endpoint } = this.settings;
    const common = {
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      requestHandler: {
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        httpAgent: { maxSockets: SOCKETS },
        httpsAgent: { maxSockets: SOCKETS },
      },
    };
    // A queue's URL names a host that may not be the way to it.
    return { sqs: new Sqs({ ...common, useQueueUrlAsEndpoint: false }), sns: new Sns(common) };
  }
}
