import { within } from '@waybill/observability';

import { PayloadStoreUnavailable } from './messaging.errors.js';

/** After so long a store without an answer counts as out of reach, in milliseconds. */
const TIMEOUT_MS = 30_000;

/**
 * Asks the payload store something, and no longer than 30 s. What was asked continues meanwhile: only ask what may happen late.
 * @throws PayloadStoreUnavailable when the store rejects or doesn't answer in time.
 */
export async function askPayloadStore<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await within(TIMEOUT_MS, ask());
  } catch (cause) {
    throw new PayloadStoreUnavailable(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
