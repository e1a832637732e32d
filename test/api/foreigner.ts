import { randomUUID } from 'node:crypto';

import { referredName } from './api-documents.js';
import type { AsyncApi, AsyncApiMessage, AsyncApiOperation } from './api-documents.js';

/** A record as a client of another system has it: text, and nothing of Waybill. */
export interface ForeignRecord {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

/** What somebody who has the AsyncAPI document alone does to ask for something. */
export interface ForeignCommand {
  readonly record: ForeignRecord;
  /** Where the answer comes, and of which types it may be. */
  readonly answers: { readonly topic: string; readonly types: readonly string[] };
  /** Whether it is the answer to this command. */
  isAnswer(headers: Readonly<Record<string, string>>): boolean;
}

/** The command of an operation, made from its example and changed by `data`; it has an id and a source of its own. */
export function commandOf(document: AsyncApi, operationId: string, data: object): ForeignCommand {
  const operation = operationOf(document, operationId);
  const message = messageOf(document, operation);
  const [example] = message.examples;
  if (!example || !operation.reply) throw new Error(`${operationId} has no example, or no answer`);
  const payload = { ...(example.payload as Readonly<Record<string, unknown>>), ...data }; // of an object's schema
  const key = String(payload[message['x-key'].slice(1)]);
  const headers = { ...example.headers, ce_id: randomUUID(), ce_source: '/somewhere-else', ce_subject: key };
  const types = operation.reply.messages.map(referredName);
  return {
    record: { topic: addressOf(document, operation.channel), key, headers, value: JSON.stringify(payload) },
    answers: { topic: addressOf(document, operation.reply.channel), types },
    isAnswer: (answer) =>
      types.includes(answer['ce_type'] ?? '') && answer[correlationHeader(document, types)] === headers.ce_id,
  };
}

export function operationOf(document: AsyncApi, id: string): AsyncApiOperation {
  const operation = document.operations[id];
  if (!operation) throw new Error(`There is no operation ${id}`);
  return operation;
}

/** The message of an operation, through its channel. */
export function messageOf(document: AsyncApi, { channel, messages: [message] }: AsyncApiOperation): AsyncApiMessage {
  const ref = message && document.channels[referredName(channel)]?.messages[referredName(message)];
  const found = ref && document.components.messages[referredName(ref)];
  if (!found) throw new Error(`The document has no message ${message?.$ref}`);
  return found;
}

export function addressOf({ channels }: AsyncApi, ref: AsyncApiOperation['channel']): string {
  const channel = channels[referredName(ref)];
  if (!channel) throw new Error(`The document has no channel ${ref.$ref}`);
  return channel.address;
}

/** `$message.header#/ce_causationid` of what answers. */
function correlationHeader({ components }: AsyncApi, [type = '']: readonly string[]): string {
  return components.messages[type]?.correlationId.location.replace('$message.header#/', '') ?? '';
}
