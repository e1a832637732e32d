import { v5 } from 'uuid';

/** Ours, drawn at random once. Never change it: ids made with it are idempotency keys at providers. */
const NAMESPACE = '6c9c2ab6-6b0a-4f0e-9d5e-5d1a2a0c7b43';

/**
 * The one id of its kind for a name, a UUIDv5 (RFC 9562): the same in every process and after every restore. For idempotency
 * keys of providers, which must survive the loss of whatever remembers that they were used.
 */
export function idFor(kind: string, name: string): string {
  return v5(`${kind}:${name}`, NAMESPACE);
}
