import { parseMessageType } from '../codec/message-type.js';
import type { TopicSpec } from '../contract.js';
import type { HandlerDefinition } from '../handler.js';
import type { RegisteredHandler } from './registered-handler.js';

const NOBODY: readonly RegisteredHandler[] = [];

/** Which handlers take which message, by topic and message name, for all its versions: of a command one, of an event any number. */
export class HandlerRegistry {
  readonly #handlers = new Map<string, RegisteredHandler[]>();
  readonly #kinds: ReadonlyMap<string, TopicSpec['kind']>;
  readonly topics: readonly string[];
  /** Handlers that can't be told apart are {@link registryFaults}' business. */
  constructor(
    readonly handlers: readonly RegisteredHandler[],
    topics: readonly TopicSpec[],
  ) {
    for (const handler of handlers) {
      const key = keyOf(handler.definition.contract.topic, handler.definition.contract.name);
      if (this.#handlers.get(key)?.push(handler) === undefined) this.#handlers.set(key, [handler]);
    }
    this.#kinds = new Map(topics.map(({ name, kind }) => [name, kind]));
    this.topics = [...new Set(handlers.map(({ definition }) => definition.contract.topic))].sort();
  }

  find(topic: string, name: string): readonly RegisteredHandler[] {
    return this.#handlers.get(keyOf(topic, name)) ?? NOBODY;
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
  const byMessage = new Map<string, HandlerDefinition[]>();
  for (const { definition } of handlers) {
    const { contract, name } = definition;
    const key = keyOf(contract.topic, contract.name);
    byMessage.set(key, [...(byMessage.get(key) ?? []), definition]);
    faults.push(...subscriberFaults(definition));
    faults.push(...topicFaults(definition, topics));
    const type = parseMessageType(contract.type);
    if (type?.name !== contract.name || type.version !== contract.version) {
      faults.push(`${name}: the contract's type "${contract.type}" isn't "${contract.name}.v${contract.version}"`);
    }
  }
  for (const [message, definitions] of byMessage) faults.push(...doubleFaults(message, definitions));
  for (const { topic, name, type } of required) {
    if (!byMessage.has(keyOf(topic, name))) faults.push(`${type} on ${topic} has no handler`);
  }
  return faults;
}

/** By the kind of a topic is decided what becomes of messages that nobody handles: events are passed over, commands become letters. */
function topicFaults({ contract, name }: HandlerDefinition, topics: readonly TopicSpec[]): readonly string[] {
  const { kind, topic, type } = contract;
  const declared = topics.filter((spec) => spec.name === topic);
  if (declared.length === 0) return [`${name} handles ${type} on the unknown topic "${topic}"; add it to the topics`];
  const other = declared.find((spec) => spec.kind !== kind);
  if (other === undefined) return [];
  return [
    `${name} handles the ${kind} ${type}, but its topic "${topic}" is declared as one of ${other.kind}s; make them agree, ` +
      `as of a topic of events what nobody handles is passed over, and of commands becomes a dead letter`,
  ];
}

const SUBSCRIBER = /^[a-z0-9][a-z0-9-]{0,62}$/;

function subscriberFaults({ contract, name, options: { subscriber } }: HandlerDefinition): readonly string[] {
  if (subscriber === undefined) return [];
  if (contract.kind === 'command') {
    return [`${name}: ${contract.type} is a command, which has one receiver; leave the subscriber "${subscriber}" out`];
  }
  if (SUBSCRIBER.test(subscriber)) return [];
  return [`${name}: a subscriber has 1 to 63 lower-case letters, digits and hyphens, got "${subscriber}"`];
}

/** A command has one receiver. Of an event's handlers each has a name of its own, or one of them none. */
function doubleFaults(message: string, definitions: readonly HandlerDefinition[]): readonly string[] {
  const namesOf = (of: readonly HandlerDefinition[]): string => of.map(({ name }) => name).join(', ');
  if (definitions.length > 1 && definitions.some(({ contract }) => contract.kind === 'command')) {
    return [`${message} has ${definitions.length} handlers: ${namesOf(definitions)}; it is a command, keep one`];
  }
  const bySubscriber = new Map<string | undefined, HandlerDefinition[]>();
  for (const definition of definitions) {
    const { subscriber } = definition.options;
    bySubscriber.set(subscriber, [...(bySubscriber.get(subscriber) ?? []), definition]);
  }
  return [...bySubscriber].flatMap(([subscriber, of]) => {
    if (of.length === 1) return [];
    const has = `${message} has ${of.length} handlers`;
    return subscriber === undefined
      ? [
          `${has} without a subscriber: ${namesOf(of)}; leave the oldest as it is and name the others: { subscriber: '…' }`,
        ]
      : [`${has} of the subscriber "${subscriber}": ${namesOf(of)}; name each differently`];
  });
}
