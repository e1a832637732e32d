import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { DiskLogStorage } from './log/disk-log-storage.js';
import { forgetfulJournal, type Journal, openJournal } from './log/journal.js';
import { MemoryLogStorage } from './log/memory-log-storage.js';
import { OpenFiles } from './log/open-files.js';
import { PartitionLog } from './log/partition-log.js';
import { type TopicDefaults, toLogConfig } from './topic-config.js';

const TOPIC_ID_BYTES = 16;

export interface Topic {
  readonly name: string;
  /** 32 hexadecimal digits; a topic that is deleted and created again has another. */
  readonly id: string;
  readonly partitions: readonly PartitionLog[];
  readonly configs: ReadonlyMap<string, string>;
}

interface TopicChange {
  readonly kind: 'created' | 'grown' | 'deleted';
  readonly name: string;
  readonly id: string;
  readonly partitions: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** The topics and their logs. Changes are durable before they are answered. */
export class TopicRegistry {
  readonly #topics = new Map<string, Topic>();
  readonly #files = new OpenFiles();
  readonly #logsDirectory: string | undefined;
  readonly #journal: Journal<TopicChange>;

  /** @param dataDir undefined keeps everything in memory. */
  constructor(
    dataDir: string | undefined,
    readonly defaults: TopicDefaults,
  ) {
    if (dataDir === undefined) {
      this.#journal = forgetfulJournal;
      return;
    }
    this.#logsDirectory = join(dataDir, 'topics');
    const stored = new Map<string, TopicChange>();
    this.#journal = openJournal<TopicChange>(join(dataDir, 'topics.journal'), {
      parse: (value) => value as TopicChange, // Our own file; the journal has checked it.
      replay: (change) => (change.kind === 'deleted' ? stored.delete(change.name) : stored.set(change.name, change)),
      snapshot: () => this.all().map((topic) => describeChange('created', topic)),
    });
    this.#removeOrphans(this.#logsDirectory, stored);
    for (const change of stored.values()) this.#open(change);
  }

  all(): readonly Topic[] {
    return [...this.#topics.values()];
  }

  get(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  getById(id: string): Topic | undefined {
    return this.all().find((topic) => topic.id === id);
  }

  partition(name: string, index: number): PartitionLog | undefined {
    return this.#topics.get(name)?.partitions[index];
  }

  /** The name must be free and valid. */
  create(name: string, partitions: number, configs: Readonly<Record<string, string>>): Topic {
    const id = randomBytes(TOPIC_ID_BYTES).toString('hex');
    const change: TopicChange = { kind: 'created', name, id, partitions, configs };
    this.#journal.append(change);
    return this.#open(change);
  }

  grow(topic: Topic, partitions: number): void {
    const change: TopicChange = { ...describeChange('grown', topic), partitions };
    this.#journal.append(change);
    const added = Array.from({ length: partitions - topic.partitions.length }, (_, index) =>
      this.#openLog(change, topic.partitions.length + index),
    );
    this.#topics.set(topic.name, { ...topic, partitions: [...topic.partitions, ...added] });
  }

  delete(topic: Topic): void {
    this.#journal.append(describeChange('deleted', topic));
    this.#topics.delete(topic.name);
    for (const log of topic.partitions) log.remove();
  }

  /** @returns how many segments were deleted. */
  applyRetention(now: number): number {
    let deleted = 0;
    for (const topic of this.#topics.values()) {
      for (const log of topic.partitions) deleted += log.applyRetention(now);
    }
    return deleted;
  }

  close(): void {
    for (const topic of this.#topics.values()) {
      for (const log of topic.partitions) log.close();
    }
    this.#journal.close();
  }

  #open(change: TopicChange): Topic {
    const topic = {
      name: change.name,
      id: change.id,
      configs: new Map(Object.entries(change.configs)),
      partitions: Array.from({ length: change.partitions }, (_, index) => this.#openLog(change, index)),
    };
    this.#topics.set(topic.name, topic);
    return topic;
  }

  #openLog({ name, configs }: TopicChange, index: number): PartitionLog {
    const storage =
      this.#logsDirectory === undefined
        ? new MemoryLogStorage()
        : new DiskLogStorage(join(this.#logsDirectory, `${name}-${index}`), this.#files);
    return new PartitionLog(storage, toLogConfig(new Map(Object.entries(configs)), this.defaults));
  }

  /** Logs whose topic's deletion was recorded, but interrupted before the files were gone. */
  #removeOrphans(directory: string, stored: ReadonlyMap<string, TopicChange>): void {
    const owned = new Set<string>();
    for (const { name, partitions } of stored.values()) {
      for (let index = 0; index < partitions; index++) owned.add(`${name}-${index}`);
    }
    for (const entry of listDirectory(directory)) {
      if (!owned.has(entry)) rmSync(join(directory, entry), { recursive: true, force: true });
    }
  }
}

const describeChange = (kind: TopicChange['kind'], { name, id, partitions, configs }: Topic): TopicChange => ({
  kind,
  name,
  id,
  partitions: partitions.length,
  configs: Object.fromEntries(configs),
});

const listDirectory = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch {
    return []; // No topic has been written to yet.
  }
};
