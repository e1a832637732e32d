import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';

import { isTooDeep, maskPersonal, shapeOf, shapeUnknown } from '@waybill/messaging';
import type { HeldInspection } from '@waybill/messaging';

/**
 * `masked`: as today's code reads it, without personal fields and the texts of fields that it doesn't know. `withheld`: nobody can say what is personal in it, so only
 * `{bytes, sha256}`. `text`, `base64`: the true payload. `none`: a record without a value.
 */
export type PayloadKind = 'masked' | 'withheld' | 'text' | 'base64' | 'none';

export interface PayloadView {
  readonly payloadKind: PayloadKind;
  readonly payload: unknown;
  readonly payloadBytes: number;
}

/** What anyone may see of a payload. */
export function maskedPayload(recorded: Buffer | null, inspection: HeldInspection): PayloadView {
  const { contract, data, payload: value = recorded, unreadable } = inspection;
  if (value === null) return NONE;
  const masked = (payload: unknown): PayloadView => ({
    payloadKind: 'masked',
    payload: maskPersonal(shapeUnknown(payload, contract?.schema), contract?.personal ?? []),
    payloadBytes: value.length,
  });
  if (contract !== undefined && unreadable === undefined) return masked(isTooDeep(data) ? shapeOf(data) : data);
  const found = contract === undefined ? undefined : parseObject(value);
  // It doesn't fit the contract, so personal data may be anywhere in it: what is wrong is told by the error.
  if (found !== undefined) return masked(shapeOf(found));
  const sha256 = createHash('sha256').update(value).digest('hex');
  return { payloadKind: 'withheld', payload: { bytes: value.length, sha256 }, payloadBytes: value.length };
}

/** The payload as it came, byte by byte. */
export function truePayload(value: Buffer | null): PayloadView {
  if (value === null) return NONE;
  const encoding = isUtf8(value) ? 'utf8' : 'base64';
  return {
    payloadKind: encoding === 'utf8' ? 'text' : 'base64',
    payload: value.toString(encoding),
    payloadBytes: value.length,
  };
}

const NONE: PayloadView = { payloadKind: 'none', payload: null, payloadBytes: 0 };

function parseObject(value: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(value.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}
