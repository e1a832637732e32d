import type { Lane } from '@waybill/messaging';
import type { ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib';

import { closeChannel } from './connection.js';
import { writePosition } from './group.js';
import type { GroupPosition } from './group.js';
import type { Names } from './names.js';
import { RabbitError, toRabbitError } from './rabbit-errors.js';

/** Long before the broker takes a delivery that isn't acknowledged for a consumer that hangs (30 minutes by default). */
const RENEW_MS = 60_000;

export interface LeaseParts {
  readonly lane: Lane;
  readonly group: string;
  readonly names: Names;
  /** The lane is this member's. */
  readonly onGained: () => void;
  readonly onLost: (error: Error) => void;
  /** @default 60000 */
  readonly renewMs?: number;
}

/**
 * The right to a lane of a group. Its queue has a single active consumer, the one that waits longest, chosen by the queue's quorum; all
 * others wait. The active one learns that it is by the message that it gets, the token, and keeps the newest one unacknowledged;
 * with its channel the token goes to the next one. Each one that waits has sent a token, so there is always one.
 */
export class Lease {
  #channel: ConfirmChannel | undefined;
  #token: ConsumeMessage | undefined;
  #renewing: NodeJS.Timeout | undefined;
  #released = false;

  constructor(private readonly parts: LeaseParts) {}

  get lane(): Lane {
    return this.parts.lane;
  }

  get isHeld(): boolean {
    return this.#token !== undefined && !this.#released;
  }

  async request(connection: ChannelModel): Promise<void> {
    const channel = await connection.createConfirmChannel();
    this.#channel = channel;
    if (this.#released) return closeChannel(channel); // meanwhile
    channel.on('error', (error) => this.#lost(error));
    channel.on('close', () => this.#lost(new RabbitError('The connection was lost', { isConnectionProblem: true })));
    channel.on('return', () => this.#lost(new RabbitError(`${this.#position} is missing`, { code: 404 })));
    await channel.consume(this.#queue, (message) => {
      if (message === null) this.#lost(new RabbitError(`${this.#queue} was deleted`, { code: 404 }));
      else this.#take(channel, message);
    });
    if (this.#released) return;
    this.#sendToken();
    this.#renewing = setInterval(() => this.#sendToken(), this.parts.renewMs ?? RENEW_MS);
  }

  /** On the lease's own channel: once the broker has closed that, nothing is written any more. */
  async commit(position: GroupPosition): Promise<void> {
    if (this.#channel === undefined || !this.isHeld) throw new RabbitError('The lease is lost', {});
    await writePosition(this.#channel, this.#position, position);
    if (!this.isHeld) throw new RabbitError('The lease was lost meanwhile', {});
  }

  async release(): Promise<void> {
    this.forget();
    if (this.#channel !== undefined) await closeChannel(this.#channel);
  }

  /** Its connection ends, and the lease with it. */
  forget(): void {
    this.#released = true;
    clearInterval(this.#renewing);
  }

  get #queue(): string {
    const { names, group, lane } = this.parts;
    return names.lease(group, lane);
  }

  get #position(): string {
    const { names, group, lane } = this.parts;
    return names.position(group, lane);
  }

  #take(channel: ConfirmChannel, token: ConsumeMessage): void {
    if (this.#released) return; // with the channel it goes to the next one
    const before = this.#token;
    this.#token = token;
    if (before !== undefined) channel.ack(before);
    else this.parts.onGained();
  }

  #sendToken(): void {
    try {
      this.#channel?.sendToQueue(this.#queue, Buffer.alloc(0), { persistent: true });
    } catch (error) {
      this.#lost(toRabbitError(error));
    }
  }

  #lost(error: Error): void {
    clearInterval(this.#renewing);
    if (this.#released) return;
    this.#released = true;
    this.parts.onLost(error);
  }
}
