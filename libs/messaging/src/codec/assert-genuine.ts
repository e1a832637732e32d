import type { MessageContract } from '../contract.js';
import { MessageNotGenuine } from '../messaging.errors.js';

/** Who a record says it is from, and what it says it is about. */
export interface Claims {
  readonly source: string | undefined;
  readonly key: string | null;
  readonly subject: string | undefined;
}

/**
 * A topic is open to many writers, so a message counts only if its contract's service sent it and if its key, its subject
 * (where there is one) and its body name the same thing: handlers act on the body, order is kept by the key.
 * @throws MessageNotGenuine
 */
export function assertGenuine(contract: MessageContract, claims: Claims, data: unknown): void {
  const { type, source } = contract;
  if (source !== undefined && claims.source !== source) {
    const from = claims.source === undefined ? 'no usable ce_source' : `ce_source ${claims.source}`;
    throw new MessageNotGenuine('WRONG_SOURCE', `${type} has ${from}; only ${source} sends it`);
  }
  assertKey(contract, claims, data);
}

/** @throws MessageNotGenuine */
export function assertKey(
  { type, key: pointer }: MessageContract,
  { key, subject }: Omit<Claims, 'source'>,
  data: unknown,
): void {
  if (pointer === undefined) return;
  const about = valueAt(data, pointer);
  if (key === null || key !== about) {
    const found = key === null ? 'no key' : `the key ${key}`;
    throw new MessageNotGenuine('KEY_MISMATCH', `${type} has ${found}; its ${pointer} is ${String(about)}`);
  }
  if (subject !== undefined && subject !== key) {
    throw new MessageNotGenuine('KEY_MISMATCH', `${type} has the key ${key} and the subject ${subject}`);
  }
}

function valueAt(data: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1);
  return names.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
    data,
  );
}
