import type { Lane } from '@waybill/messaging';

/** What things are called at the broker: with the deployment's prefix. Topics and groups have no / in their names. */
export class Names {
  constructor(private readonly prefix: string) {}

  /** The exchange that a topic is published to, and the stream that holds its card. */
  topic(topic: string): string {
    return this.prefix + topic;
  }

  /** The stream of one lane. */
  lane({ topic, partition }: Lane): string {
    return `${this.prefix}${topic}/${partition}`;
  }

  /** The exchange by which the members of a group hear of each other. */
  members(group: string): string {
    return `${this.prefix}${group}//members`;
  }

  member(group: string, id: string): string {
    return `${this.members(group)}/${id}`;
  }

  /** The queue whose one active consumer has the lane. */
  lease(group: string, { topic, partition }: Lane): string {
    return `${this.prefix}${group}//${topic}/${partition}/lease`;
  }

  /** The stream whose last record is the group's position on the lane. */
  position(group: string, { topic, partition }: Lane): string {
    return `${this.prefix}${group}//${topic}/${partition}/position`;
  }

  /** The queue that a process holds while it creates the named thing. */
  creating(name: string): string {
    return `${name}//creating`;
  }
}
