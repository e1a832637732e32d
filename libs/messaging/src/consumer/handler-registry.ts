import { parseMessageType } from '../codec/message-type.js';
import type { TopicSpec } from '../contract.js';
import type { RegisteredHandler } from './registered-handler.js';

/** Which handler takes which message: one per topic and message name, for all its versions. */
export class HandlerRegistry {
  readonly #handlers = new Map<string, RegisteredHandler>();
  readonly #kinds: ReadonlyMap<string, TopicSpec['kind']>;
  readonly topics: readonly string[];
  /** Doubled handlers are {@link registryFaults}' business; here the first one wins. */
  constructor(
    readonly handlers: readonly RegisteredHandler[],
    topics: readonly TopicSpec[],
  ) {
    for (const handler of handlers) {
      const key = keyOf(handler.definition.contract.topic, handler.definition.contract.name);
      if (!this.#handlers.has(key)) this.#handlers.set(key, handler);
    }
    this.#kinds = new Map(topics.map(({ name, kind }) => [name, kind]));
    this.topics = [...new Set(handlers.map(({ definition }) => definition.contract.topic))].sort();
  }

  find(topic: string, name: string): RegisteredHandler | undefined {
    return this.#handlers.get(keyOf(topic, name));
  }

  kindOf(topic: string): TopicSpec['kind'] {
    return this.#kinds.get(topic) ?? 'event';
  }
}

function keyOf(topic: string, name: string): string {
  return `${topic} ${name}`;
}

/** Everything that is wrong with a set of handlers, one sentence each; empty = fit to start. */
export function registryFaults(
  handlers: readonly RegisteredHandler[],
  topics: readonly TopicSpec[],
  required: readonly { readonly topic: string; readonly name: string; readonly type: string }[],
): readonly string[] {
  const faults: string[] = [];
  const known = new Set(topics.map(({ name }) => name));
  const byMessage = new Map<string, string[]>();
  for (const { definition } of handlers) {
    const { contract, name } = definition;
    const key = keyOf(contract.topic, contract.name);
    byMessage.set(key, [...(byMessage.get(key) ?? []), name]);
    if (!known.has(contract.topic)) {
      faults.push(`${name} handles ${contract.type} on the unknown topic "${contract.topic}"; add it to the topics`);
    }
    const type = parseMessageType(contract.type);
    if (type?.name !== contract.name || type.version !== contract.version) {
      faults.push(`${name}: the contract's type "${contract.type}" isn't "${contract.name}.v${contract.version}"`);
    }
  }
  for (const [message, names] of byMessage) {
    if (names.length > 1) faults.push(`${message} has ${names.length} handlers: ${names.join(', ')}; keep one`);
  }
  for (const { topic, name, type } of required) {
    if (!byMessage.has(keyOf(topic, name))) faults.push(`${type} on ${topic} has no handler`);
  }
  return faults;
}
