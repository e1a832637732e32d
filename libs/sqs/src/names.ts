import { createHash } from 'node:crypto';

import type { Lane } from '@waybill/messaging';

const NAME = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const LONGEST = 200;
/** A queue's name has 80 characters: this, what is put behind it, and `.fifo`. */
const LONGEST_AS_IT_IS = 60;

/** Why a topic, a group or a prefix in front of them can't be named so; completes "the topic … ". */
export function nameFault(name: string): string | undefined {
  if (!NAME.test(name)) return 'must be of letters, digits, - and _ in parts with a dot between them';
  return name.length > LONGEST ? `has more than ${LONGEST} characters` : undefined;
}

/** A lane's queues that one group reads, or will: the slot's number is the group's on that topic. */
export interface SlotLane extends Lane {
  readonly slot: number;
}

/** Names of queues, and of SNS's topics, as they are at AWS: with the deployment's prefix, without dots. */
export class SqsNames {
  constructor(private readonly prefix: string = '') {}

  /** The queue whose tags say how many lanes a topic has. Never holds a message. */
  card(topic: string): string {
    return `${this.#plain(topic)}.fifo`;
  }

  /** Holds what SNS could not deliver, or SQS has delivered too often. */
  net(topic: string): string {
    return `${this.#plain(topic)}-net.fifo`;
  }

  /** The SNS topic of a lane. */
  lane({ topic, partition }: Lane): string {
    return `${this.#plain(topic)}-${partition}.fifo`;
  }

  queue({ topic, partition, slot }: SlotLane): string {
    return `${this.#plain(topic)}-${partition}-s${slot}.fifo`;
  }

  /** Records that a group has taken over from the lane's queue, and not done yet. */
  hand({ topic, partition, slot }: SlotLane): string {
    return `${this.#plain(topic)}-${partition}-s${slot}-hand.fifo`;
  }

  /** Records that a group is done with, for as long as the topic keeps records. */
  past({ topic, partition, slot }: SlotLane): string {
    return `${this.#plain(topic)}-${partition}-s${slot}-past.fifo`;
  }

  position({ topic, partition, slot }: SlotLane): string {
    return `${this.#plain(topic)}-${partition}-s${slot}-at.fifo`;
  }

  /** The queue whose tags say which group has a slot. Never holds a message. */
  claim(topic: string, slot: number): string {
    return `${this.#plain(topic)}-s${slot}.fifo`;
  }

  members(group: string): string {
    return `${this.#plain(group)}-members.fifo`;
  }

  /** A dot becomes `_`. Two names that would be one have a digest each, as have those that are too long. */
  #plain(name: string): string {
    const full = `${this.prefix}${name}`;
    const plain = full.replaceAll('.', '_');
    if (!full.includes('_') && plain.length <= LONGEST_AS_IT_IS) return plain;
    const digest = createHash('sha256').update(full).digest('hex').slice(0, 12);
    return `${plain.slice(0, LONGEST_AS_IT_IS - digest.length - 1)}-${digest}`;
  }
}
