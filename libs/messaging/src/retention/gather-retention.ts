import type { Broker } from '../broker.js';
import type { TopicSpec } from '../contract.js';
import type { ClaimCheck } from '../payload-store.js';
import { checkRetention } from './check-retention.js';
import type { RetentionModel, TopicRetention } from './retention-model.js';

/** See {@link RetentionModel}. */
export type KeptTimes = Pick<RetentionModel, 'inboxWindowMs' | 'outboxMs' | 'deadLettersMs' | 'maxMessageBytes'>;

/** Each is the module's own unless it is given here, for modules that are not in this process; one that differs is a fault. */
export interface RetentionOptions extends Partial<KeptTimes> {
  /** @default 86400000 (1 day) */
  readonly outageMs?: number;
}

export interface RetentionSources {
  readonly broker: Pick<Broker, 'describeTopics'>;
  readonly topics: readonly TopicSpec[];
  readonly consumed: ReadonlySet<string>;
  readonly options: RetentionOptions;
  /** What the modules of this process work with. */
  readonly own: Partial<KeptTimes>;
  readonly claimCheck: ClaimCheck | undefined;
}

/** Asks the broker what it does with the topics, and compares. @returns every fault. @throws when the broker can't say. */
export async function retentionFaults(sources: RetentionSources): Promise<readonly string[]> {
  const { broker, claimCheck, consumed, options } = sources;
  const { kept, faults } = keptTimes(options, sources.own);
  if (kept === undefined) return faults;
  const declared = new Map(sources.topics.map((topic) => [topic.name, topic]));
  const described = await broker.describeTopics([...declared.keys()]);
  const topics = described.map((limits): TopicRetention => ({
    ...limits,
    keptForEver: declared.get(limits.topic)?.retentionMs === -1,
  }));
  const fit = checkRetention({
    ...kept,
    outageMs: options.outageMs ?? 86_400_000,
    claimCheck,
    topics,
    consumed: topics.filter(({ topic }) => consumed.has(topic)),
  });
  return [...faults, ...fit];
}

const MODULES = {
  inboxWindowMs: 'InboxModule windowMs',
  outboxMs: 'OutboxModule relay.retentionMs',
  deadLettersMs: 'DeadLetterModule retentionMs',
  maxMessageBytes: 'OutboxModule maxMessageBytes',
} as const satisfies Record<keyof KeptTimes, string>;

/** The modules' own: a number that is only written down again says nothing of what is swept. */
function keptTimes(
  options: RetentionOptions,
  own: Partial<KeptTimes>,
): { readonly kept: KeptTimes | undefined; readonly faults: readonly string[] } {
  const faults = Object.entries(MODULES).flatMap(([name, module]) => {
    const [given, actual] = [options[name as keyof KeptTimes], own[name as keyof KeptTimes]]; // the keys of MODULES
    if (given === undefined && actual === undefined && name !== 'maxMessageBytes') {
      return [`MessagingModule.retention.${name} is needed, as no module here says it (${module})`];
    }
    if (given === undefined || actual === undefined || given === actual) return [];
    return [`MessagingModule.retention.${name} is ${given}, but ${module} is ${actual}; leave the first out`];
  });
  const {
    inboxWindowMs = options.inboxWindowMs,
    outboxMs = options.outboxMs,
    deadLettersMs = options.deadLettersMs,
    maxMessageBytes = options.maxMessageBytes,
  } = own;
  if (inboxWindowMs === undefined || outboxMs === undefined || deadLettersMs === undefined) {
    return { kept: undefined, faults };
  }
  const most = maxMessageBytes === undefined ? {} : { maxMessageBytes };
  return { kept: { inboxWindowMs, outboxMs, deadLettersMs, ...most }, faults };
}
