import { createHash } from 'node:crypto';

import type { BrokerRecord } from '../broker.js';
import { PayloadCorrupt, PayloadReferenceUnusable } from '../messaging.errors.js';
import { headerValue } from './header-values.js';

/** What travels instead of a large payload. */
export interface PayloadReference {
  /** The store's id of the payload: the message's own. */
  readonly id: string;
  /** Of the payload, in hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: number;
}

/** The attribute of the CloudEvents extension "dataref", which is its name for a claim check; a URI reference. */
const DATA_REF = 'ce_dataref';
const SHA256 = 'ce_datasha256';
const BYTES = 'ce_databytes';

/** What the reference adds to a record, names included. */
export const REFERENCE_BYTES = 220;

const URN = /^urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The reference of a payload, for the message of this id. */
export function referTo(id: string, payload: Buffer): PayloadReference {
  return { id, sha256: sha256Of(payload), bytes: payload.length };
}

/** Headers that stand in for the payload; the value of such a record is empty, not null, which would be a tombstone. */
export function encodeReference({ id, sha256, bytes }: PayloadReference): Readonly<Record<string, string>> {
  return { [DATA_REF]: `urn:uuid:${id}`, [SHA256]: sha256, [BYTES]: String(bytes) };
}

/**
 * The reference that a record carries instead of a value; `undefined` where it has none, or has its data with it.
 * @throws PayloadReferenceUnusable
 */
export function decodeReference({
  headers,
  value,
}: Pick<BrokerRecord, 'headers' | 'value'>): PayloadReference | undefined {
  const dataRef = headerValue(headers, DATA_REF);
  if (dataRef === undefined || (value !== null && value.length > 0)) return undefined;
  const id = URN.exec(dataRef.toString())?.[1];
  const sha256 = headerValue(headers, SHA256)?.toString() ?? '';
  const bytes = headerValue(headers, BYTES)?.toString() ?? '';
  if (id === undefined || !/^[0-9a-f]{64}$/.test(sha256) || !/^[0-9]{1,12}$/.test(bytes)) {
    throw new PayloadReferenceUnusable();
  }
  return { id, sha256, bytes: Number(bytes) };
}

/** @throws PayloadCorrupt unless the payload is the one that was sent. */
export function verifyPayload({ id, sha256, bytes }: PayloadReference, payload: Buffer): void {
  if (payload.length !== bytes) throw new PayloadCorrupt(id, `has ${payload.length} bytes instead of ${bytes}`);
  if (sha256Of(payload) !== sha256) throw new PayloadCorrupt(id, 'has another SHA-256 than the one that was sent');
}

function sha256Of(payload: Buffer): string {
  return createHash('sha256').update(payload).digest('hex');
}
