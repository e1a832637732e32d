import { fileURLToPath } from 'node:url';

import type { PayloadStore } from '@waybill/messaging';

import { FilePayloadStore } from './files/file-payload-store.js';
import { PostgresPayloadStore } from './postgres/postgres-payload-store.js';

/** The store that the URL names. A further kind of store is a further case here. */
export function openPayloadStore(url: URL, { poolSize }: { readonly poolSize: number }): Promise<PayloadStore> {
  return url.protocol === 'file:'
    ? FilePayloadStore.open(fileURLToPath(url))
    : PostgresPayloadStore.open({ url: url.href, poolSize });
}
