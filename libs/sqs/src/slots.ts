import type { Aws } from './aws.js';
import type { SqsNames } from './names.js';
import { isMissing } from './sqs-errors.js';
import type { TopicCard, Topics } from './topics.js';

export interface Slot {
  readonly number: number;
  /** Whether the group has it already, or would get it. */
  readonly isClaimed: boolean;
}

const GROUP = 'group';
/** SQS keeps nothing longer. */
const LONGEST_SECONDS = '1209600';

/**
 * Which queues of a topic are a group's. A topic has some more than there are groups: they hold what was published before a group came, for as
 * long as the topic keeps records. The group that comes next takes the first that is free, and sees to it that there is another spare one.
 * A slot is taken by creating a queue of its name, which only one can, tagged with the group.
 */
export class Slots {
  constructor(
    private readonly aws: Aws,
    private readonly names: SqsNames,
    private readonly topics: Topics,
    private readonly spares: number,
  ) {}

  async find(topic: string, group: string): Promise<Slot> {
    for (let number = 0; ; number += 1) {
      const holder = await this.#holder(topic, number);
      if (holder === undefined) return { number, isClaimed: false };
      if (holder === group) return { number, isClaimed: true };
    }
  }

  /** @returns the slot, with all its queues. */
  async claim(topic: string, card: TopicCard, group: string): Promise<number> {
    for (;;) {
      const { number, isClaimed } = await this.find(topic, group);
      await this.topics.ensureSlot(topic, card, number); // somebody may have deleted a queue of it
      await this.aws.ensureQueue(this.names.claim(topic, number), {}, { [GROUP]: group });
      if ((await this.#holder(topic, number)) !== group) continue; // somebody else was first
      await this.#ensureOwn(topic, card, number);
      if (!isClaimed) await this.topics.ensureSlot(topic, card, number + this.spares);
      return number;
    }
  }

  async #holder(topic: string, slot: number): Promise<string | undefined> {
    try {
      const { sqs } = await this.aws.open();
      const { Tags } = await sqs.listQueueTags({ QueueUrl: await this.aws.queueUrl(this.names.claim(topic, slot)) });
      return Tags?.[GROUP] ?? '';
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #ensureOwn(topic: string, { lanes, retentionMs }: TopicCard, slot: number): Promise<void> {
    const kept = { MessageRetentionPeriod: LONGEST_SECONDS };
    const all = Array.from({ length: lanes }, (_, partition) => ({ topic, partition, slot }));
    await Promise.all(
      all.flatMap((lane) => [
        this.aws.ensureQueue(this.names.position(lane), kept),
        this.aws.ensureQueue(this.names.hand(lane), kept),
        this.aws.ensureQueue(this.names.past(lane), { MessageRetentionPeriod: String(Math.ceil(retentionMs / 1_000)) }),
      ]),
    );
  }
}
