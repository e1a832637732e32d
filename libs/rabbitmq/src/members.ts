import { randomBytes } from 'node:crypto';

import type { GroupMember } from '@waybill/messaging';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';

import { closeChannel } from './connection.js';
import type { Names } from './names.js';
import { RabbitError } from './rabbit-errors.js';

const PING_MS = 1_000;
const ANNOUNCE_MS = 5_000;

type Word =
  | { readonly kind: 'here'; readonly isNew: boolean; readonly member: GroupMember }
  | { readonly kind: 'gone'; readonly id: string };

export interface MembersListener {
  onChange(): void;
  onLost(error: Error): void;
}

/**
 * Who else is in the group. Each member has a queue that goes with its connection, so the broker itself knows who lives: everybody
 * looks after the next one, in a ring, and after the others in turn, by a message that comes back where that queue is gone. No
 * clocks are compared.
 * What members believe may differ for a moment; that no two have the same lane is the leases' business.
 */
export class Members {
  readonly id = `${Date.now().toString(16).padStart(12, '0')}-${randomBytes(6).toString('hex')}`;
  readonly #others = new Map<string, GroupMember>();
  readonly #timers: NodeJS.Timeout[] = [];
  #channel: Channel | undefined;
  #turn = 0;
  #left = false;

  constructor(
    private readonly group: string,
    private readonly topics: readonly string[],
    private readonly names: Names,
    private readonly listener: MembersListener,
  ) {}

  all(): readonly GroupMember[] {
    return [{ id: this.id, topics: this.topics }, ...this.#others.values()];
  }

  async join(connection: ChannelModel): Promise<void> {
    const channel = await connection.createChannel();
    this.#channel = channel;
    channel.on('error', (error) => this.#lost(error));
    channel.on('close', () => this.#lost(new RabbitError('The connection was lost', { isConnectionProblem: true })));
    channel.on('return', ({ fields }) => this.#onReturned(fields.routingKey));
    const queue = this.names.member(this.group, this.id);
    await channel.assertQueue(queue, { exclusive: true, durable: false, autoDelete: true });
    await channel.bindQueue(queue, this.names.members(this.group), '');
    await channel.consume(queue, (message) => this.#hear(message), { noAck: true });
    this.#say({ kind: 'here', isNew: true, member: { id: this.id, topics: this.topics } });
    this.#timers.push(
      setInterval(() => this.#lookAfterOthers(), PING_MS),
      setInterval(() => this.#sayHere(), ANNOUNCE_MS),
    );
  }

  /** The others need not find out. */
  async leave(): Promise<void> {
    if (this.#left) return;
    this.#say({ kind: 'gone', id: this.id });
    this.#stop();
    if (this.#channel !== undefined) await closeChannel(this.#channel); // only then is it sent for certain
  }

  #hear(message: ConsumeMessage | null): void {
    if (message === null) return this.#lost(new RabbitError('The queue of this member was deleted', { code: 404 }));
    const word = parseWord(message.content);
    if (this.#left || word === undefined) return;
    if (word.kind === 'gone') {
      if (word.id === this.id) this.#sayHere(); // somebody errs
      else this.#forget(word.id);
      return;
    }
    const { member, isNew } = word;
    if (member.id === this.id) return;
    if (isNew) this.#sayHere();
    if (sameTopics(this.#others.get(member.id), member)) return;
    this.#others.set(member.id, member);
    this.listener.onChange();
  }

  #sayHere(): void {
    this.#say({ kind: 'here', isNew: false, member: { id: this.id, topics: this.topics } });
  }

  #lookAfterOthers(): void {
    const ids = [...this.#others.keys()].sort();
    const next = ids.find((id) => id > this.id) ?? ids[0];
    const another = ids[(this.#turn += 1) % ids.length];
    for (const id of new Set([next, another])) {
      if (id === undefined) continue;
      const queue = this.names.member(this.group, id);
      this.#send(() => this.#channel?.sendToQueue(queue, Buffer.alloc(0), { mandatory: true }));
    }
  }

  #onReturned(queue: string): void {
    const id = [...this.#others.keys()].find((other) => this.names.member(this.group, other) === queue);
    if (id === undefined) return;
    this.#say({ kind: 'gone', id });
    this.#forget(id);
  }

  #forget(id: string): void {
    if (this.#others.delete(id)) this.listener.onChange();
  }

  #say(word: Word): void {
    this.#send(() => this.#channel?.publish(this.names.members(this.group), '', Buffer.from(JSON.stringify(word))));
  }

  #send(send: () => unknown): void {
    try {
      send();
    } catch {
      // The channel is closed, and its 'close' event has told so.
    }
  }

  #stop(): void {
    this.#left = true;
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  #lost(error: Error): void {
    if (this.#left) return;
    this.#stop();
    this.listener.onLost(error);
  }
}

function sameTopics(known: GroupMember | undefined, member: GroupMember): boolean {
  return known !== undefined && known.topics.join('\0') === member.topics.join('\0');
}

/** A ping is empty; what isn't ours is passed over. */
function parseWord(content: Buffer): Word | undefined {
  try {
    const word = JSON.parse(content.toString()) as Partial<Word> & { readonly member?: Partial<GroupMember> };
    if (word.kind === 'gone' && typeof word.id === 'string') return { kind: 'gone', id: word.id };
    const { id, topics } = word.member ?? {};
    if (word.kind !== 'here' || typeof id !== 'string' || !Array.isArray(topics)) return undefined;
    return { kind: 'here', isNew: word.isNew === true, member: { id, topics } };
  } catch {
    return undefined;
  }
}
