import type { Broker } from '../broker.js';
import type { TopicSpec } from '../contract.js';
import type { ClaimCheck } from '../payload-store.js';
import { checkRetention } from './check-retention.js';
import type { RetentionModel, TopicRetention } from './retention-model.js';

/** What the application has set; see {@link RetentionModel}. */
export interface RetentionOptions extends Pick<
  RetentionModel,
  'inboxWindowMs' | 'outboxMs' | 'deadLettersMs' | 'maxMessageBytes'
> {
  /** @default 86400000 (1 day) */
  readonly outageMs?: number;
}

export interface RetentionSources {
  readonly broker: Pick<Broker, 'describeTopics'>;
  readonly topics: readonly TopicSpec[];
  readonly consumed: ReadonlySet<string>;
  readonly options: RetentionOptions;
  readonly claimCheck: ClaimCheck | undefined;
}

/** Asks the broker what it does with the topics, and compares. @returns every fault. @throws when the broker can't say. */
export async function retentionFaults(sources: RetentionSources): Promise<readonly string[]> {
  const { broker, claimCheck, consumed, options } = sources;
  const declared = new Map(sources.topics.map((topic) => [topic.name, topic]));
  const described = await broker.describeTopics([...declared.keys()]);
  const topics = described.map((limits): TopicRetention => ({
    ...limits,
    keptForEver: declared.get(limits.topic)?.retentionMs === -1,
  }));
  return checkRetention({
    ...options,
    outageMs: options.outageMs ?? 86_400_000,
    claimCheck,
    topics,
    consumed: topics.filter(({ topic }) => consumed.has(topic)),
  });
}
