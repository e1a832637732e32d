import type { BrokerRecord, Lane, RecordToPublish } from '@waybill/messaging';

import type { Reply } from './redis-connection.js';

// #region fields
/** The fields of a stream's entry: `k` and `v`, left out where they are null, and each header as `h:name`, as often as it is there. */
export function toFields({ key, value, headers }: RecordToPublish): readonly (string | Buffer)[] {
  const named = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().flatMap((each) => [`h:${name}`, each]),
  );
  return [...(key ? ['k', key] : []), ...(value ? ['v', value] : []), ...named];
}

/** @param entry its id, `0-1` for the lane's first record, and its fields, the first of which is the time */
export function toRecord(lane: Lane, entry: Reply): BrokerRecord {
  const [id, list] = entry as readonly [Buffer, readonly Buffer[]]; // as XREAD answers
  let [key, value, timestampMs]: [Buffer | null, Buffer | null, number] = [null, null, 0];
  const headers: Record<string, Buffer | Buffer[]> = {};
  for (let at = 0; at + 1 < list.length; at += 2) {
    const [name, bytes] = [String(list[at]), list[at + 1] ?? Buffer.alloc(0)];
    if (name === 'k') key = bytes;
    else if (name === 'v') value = bytes;
    else if (name === 't') timestampMs = Number(bytes);
    else {
      const known = headers[name.slice(2)];
      headers[name.slice(2)] = known === undefined ? bytes : [known, bytes].flat();
    }
  }
  return { ...lane, position: String(countIn(id) - 1), key, value, headers, timestampMs };
}

/** `0-7` is the seventh record ever. */
export function countIn(id: Reply): number {
  return Number(String(id).split('-')[1]);
}
// #endregion
