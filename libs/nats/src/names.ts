import type { Lane } from '@waybill/messaging';

/** What is a subject as it is, so that somebody who knows NATS finds a topic under its own name. */
const NAME = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const LONGEST = 150; // streams are folders at the server, and a name may treble

/** Why a topic, a group or a prefix in front of them can't be named so; completes "the topic … ". */
export function nameFault(name: string): string | undefined {
  if (!NAME.test(name)) return 'must be of letters, digits, - and _ in parts with a dot between them';
  return name.length > LONGEST ? `has more than ${LONGEST} characters` : undefined;
}

/** Names of topics, lanes and groups as they are at the servers: with the deployment's prefix. */
export class NatsNames {
  constructor(private readonly prefix: string = '') {}

  /** Where the records of a lane are published. */
  subject({ topic, partition }: Lane): string {
    return `${this.prefix}${topic}.${partition}`;
  }

  subjectOfAll(topic: string): string {
    return `${this.prefix}${topic}.*`;
  }

  /** Of the stream that holds a lane. */
  stream({ topic, partition }: Lane): string {
    return `${this.#token(topic)}-${partition}`;
  }

  /** Which of the topic's lanes the stream holds; `undefined` = it is another's. */
  partitionIn(stream: string, topic: string): number | undefined {
    const start = `${this.#token(topic)}-`;
    const partition = stream.startsWith(start) ? stream.slice(start.length) : '';
    return /^(0|[1-9]\d{0,4})$/.test(partition) ? Number(partition) : undefined;
  }

  /** Of the bucket with a group's members and positions. */
  bucket(group: string): string {
    return `waybill-${this.#token(group)}`;
  }

  /** What the names of all streams of lanes begin with. */
  get streamPrefix(): string {
    return this.#token('');
  }

  /** What the names of all buckets begin with. */
  get bucketPrefix(): string {
    return this.bucket('');
  }

  /** No two names become one: a dot is `_`, what else a bucket's name may not have is `__` and its code, and no name has two dots in a row. */
  #token(name: string): string {
    return `${this.prefix}${name}`.replaceAll(/[^A-Za-z0-9-]/g, (char) =>
      char === '.' ? '_' : `__${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
  }
}
