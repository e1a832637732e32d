import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import type { ConsumerConfig, JetStreamManager } from '@nats-io/jetstream';
import { createInbox, nanos } from '@nats-io/transport-node';
import type { Msg, MsgHdrs, NatsConnection, Subscription } from '@nats-io/transport-node';

import type { Nats } from './nats-connection.js';
import { toError } from './nats-errors.js';

export interface PulledMessage {
  readonly subject: string;
  /** In the stream, from 1. */
  readonly sequence: number;
  readonly timestampMs: number;
  readonly data: Uint8Array;
  readonly headers: MsgHdrs | undefined;
}

/** What a consumer sends first. */
type PullStart = Pick<ConsumerConfig, 'deliver_policy' | 'opt_start_seq'>;

/** The message of this sequence, there already or not, then all that follow. */
export function fromSequence(sequence: number): PullStart {
  return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: sequence };
}

/** All messages that are there, then all that follow. */
export const FROM_THE_FIRST: PullStart = { deliver_policy: DeliverPolicy.All };

export interface PullLimits {
  readonly messages: number;
  /** What is larger isn't sent at all. @default no limit */
  readonly bytes?: number;
}

export type PullEnd = 'complete' | 'expired' | 'next-is-too-large';

interface Delivery {
  readonly sequence: number;
  /** How many messages the consumer has sent with this one. */
  readonly count: number;
  readonly timestampMs: number;
}

interface Pull {
  readonly inbox: string;
  readonly most: number;
  readonly onMessage: (message: PulledMessage) => void;
  readonly end: (how: PullEnd | Error) => void;
  received: number;
}

/** The server ends a request that has waited for so long, and says in between that it hasn't forgotten it. */
const [EXPIRES_MS, HEARTBEAT_MS] = [30_000, 5_000];
/** A consumer that nobody pulls from is removed by the server after this. */
const LIFE_MS = 60_000;

/**
 * A consumer without acknowledgements, so without redelivery, at a server: it sends what it is asked for, in order, once. Asked for by requests of our own: the
 * client's `fetch` has no bound in messages and bytes, both, that ends at once when the first is reached. Whatever may have been lost fails the request.
 */
export class PullConsumer {
  readonly #inbox: string;
  #subscription: Subscription | undefined;
  #pull: Pull | undefined;
  #requests = 0;
  #arrived = 0;
  #silence: NodeJS.Timeout | undefined;

  private constructor(
    private readonly connection: NatsConnection,
    private readonly jsm: JetStreamManager,
    private readonly stream: string,
    private readonly name: string,
    inboxPrefix: string,
  ) {
    this.#inbox = createInbox(inboxPrefix);
  }

  static async create({ connection, jsm, inboxPrefix }: Nats, stream: string, begin: PullStart): Promise<PullConsumer> {
    const { name } = await jsm.consumers.add(stream, {
      ...begin,
      ack_policy: AckPolicy.None,
      inactive_threshold: nanos(LIFE_MS),
      mem_storage: true,
      num_replicas: 1,
    });
    return new PullConsumer(connection, jsm, stream, name, inboxPrefix);
  }

  /** One request at a time. @throws when it fails; then this consumer is of no use any more */
  async pull(limits: PullLimits, onMessage: (message: PulledMessage) => void): Promise<PullEnd> {
    const inbox = this.#subscribe();
    this.#requests += 1;
    const reply = `${inbox}.${this.#requests}`;
    const ended = new Promise<PullEnd>((resolve, reject) => {
      const end = (how: PullEnd | Error): void => {
        this.#pull = undefined;
        clearTimeout(this.#silence);
        if (how instanceof Error) reject(how);
        else resolve(how);
      };
      this.#pull = { inbox: reply, most: limits.messages, onMessage, end, received: 0 };
    });
    this.#listen();
    const request = {
      batch: limits.messages,
      expires: nanos(EXPIRES_MS),
      idle_heartbeat: nanos(HEARTBEAT_MS),
      ...(limits.bytes === undefined ? {} : { max_bytes: limits.bytes }),
    };
    try {
      const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.stream}.${this.name}`;
      this.connection.publish(subject, JSON.stringify(request), { reply });
    } catch (error) {
      this.abort(toError(error));
    }
    return ended;
  }

  /** Ends the request that is under way. */
  abort(reason: Error): void {
    this.#pull?.end(reason);
  }

  /** Also at the server, where it can be reached. */
  close(): void {
    this.abort(new Error('The consumer is closed'));
    if (this.connection.isClosed()) return;
    this.#subscription?.unsubscribe();
    void this.jsm.consumers.delete(this.stream, this.name).catch(() => {}); // the server removes it later
  }

  #subscribe(): string {
    const inbox = this.#inbox;
    this.#subscription ??= this.connection.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error) this.abort(error);
        else this.#hear(message);
      },
    });
    return inbox;
  }

  /** By where it is acknowledged: its publisher may give a record the headers of a status, but not that. */
  #hear(message: Msg): void {
    const delivery = parseDelivery(message.reply ?? '');
    if (this.#pull === undefined) {
      if (delivery !== undefined) this.#arrived = Number.NaN; // nobody has taken it: the next request fails
    } else if (delivery !== undefined) {
      this.#listen();
      this.#hearRecord(this.#pull, message, delivery);
    } else if (message.subject === this.#pull.inbox) {
      this.#listen();
      this.#hearStatus(this.#pull, message.headers?.code ?? 0, message.headers?.description.toLowerCase() ?? '');
    }
  }

  #hearRecord(pull: Pull, { subject, data, headers }: Msg, { count, sequence, timestampMs }: Delivery): void {
    this.#arrived += 1;
    if (count !== this.#arrived) return pull.end(new Error('Messages were lost on their way'));
    pull.received += 1;
    try {
      pull.onMessage({ subject, sequence, timestampMs, data, headers });
    } catch (error) {
      return pull.end(toError(error));
    }
    if (pull.received === pull.most) pull.end('complete');
  }

  #hearStatus(pull: Pull, code: number, description: string): void {
    if (code === 100) return; // a heartbeat
    if (code === 404 || code === 408) pull.end('expired');
    else if (code === 409 && description.includes('exceeds maxbytes')) {
      pull.end(pull.received === 0 ? 'next-is-too-large' : 'complete');
    } else if (code === 409 && description.includes('batch completed')) pull.end('complete');
    else pull.end(new Error(`The consumer of ${this.stream} fails: ${code} ${description}`));
  }

  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.abort(new Error(`Nothing is heard of ${this.stream}`)), 2.5 * HEARTBEAT_MS);
  }
}

/**
 * What a record says of its delivery: `$JS.ACK.<stream>.<consumer>.<deliveries>.<sequence>.<count>.<nanoseconds>.<pending>`, in newer servers with a domain
 * and an account before the stream, and more behind it (NATS ADR 15).
 */
function parseDelivery(reply: string): Delivery | undefined {
  const tokens = reply.split('.');
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK' || tokens.length < 9) return undefined;
  const [, sequence, count, nanoseconds] = tokens.slice(tokens.length < 11 ? 4 : 6);
  if (sequence === undefined || count === undefined || nanoseconds === undefined) return undefined;
  // As text: a number doesn't hold all of its digits, and the milliseconds would not always be those that the server tells elsewhere.
  return { sequence: Number(sequence), count: Number(count), timestampMs: Number(nanoseconds.slice(0, -6)) };
}
