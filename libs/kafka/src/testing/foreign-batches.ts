import crc32c from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';

/** One batch each, as the broker keeps it: 20 records, `key-<n % 3>` → `a line that repeats itself <n>`, written by kcat 1.7 and Kafka 4.3's console producer. */
export const FOREIGN_BATCHES: Readonly<Record<string, Buffer>> = {
  'Java gzip': Buffer.from(
    'AAAAAAAAAAAAAADyAAAAAAJLo0xUAAEAAAATAAABoiSZAlsAAAGiJJkCegAAAAAAAAAAAAAAAAAAAAAAFB+LCAAAAAAAAP+N0E0KwjAQQOFBRKSIiIiIiAQRd0KT/qWleITiFbKIWCwiNhtvb6bdZ2b/wYPXAED0sr9rrI3o2rcV7mmc+NqPNa4Xrett9xAxNKAmg5MhJ9FNB6dCTqGb0d3Eu3ROd1Pv8ojuZugWdDf3Ti/pboFuRXc1ujXdLeEOejN2q9DnGOF2DAehRLgby0GoEO4Z6cTD6sBIpwiPjHSGUDDSuYf1iZEuEJ4Zae3h7cJIl/AHCkOMzSoDAAA=',
    'base64',
  ),
  'Java lz4': Buffer.from(
    'AAAAAAAAAAAAAAFcAAAAAAJCpIZQAAMAAAATAAABoiSZHlsAAAGiJJkewwAAAAAAAAACAAAAAAAAAAAAFAQiTRhgQIIcAQAA8R5OAAAACmtleS0wOGEgbGluZSB0aGF0IHJlcGVhdHMgaXRzZWxmIDAAUADOAQIpAB8xKQAJETEpABEEKQAfMikACREyKQARBikAD3sAChEzKQARCCkAD3sAChE0KQARCikAD3sAChE1KQARDCkAD3sAChE2KQARDikAD3sAChE3KQARECkAD3sAChE4KQAREikAD3sACnE5AFIA0AEUKQAvMTqaAQghMTAqABEWKgAfMioAChExKgARGCoAHzAqAAoRMioAERoqAA9+AAsRMyoAERwqAA9+AAsRNCoAER4qAA9+AAsRNSoAESAqAA9+AAsRNioAESIqAA9+AAsRNyoAESQqAA9+AAsROCoAESYqAA9+AAhQZiAxOQAAAAAA',
    'base64',
  ),
  'Java snappy': Buffer.from(
    'AAAAAAAAAAAAAAFXAAAAAAJiX3OIAAIAAAATAAABoiSZDqQAAAGiJJkPoQAAAAAAAAABAAAAAAAAAAAAFIJTTkFQUFkAAAAAAQAAAAEAAAESvQawTgAAAAprZXktMDhhIGxpbmUgdGhhdCByZXBlYXRzIGl0c2VsZiAwAFAA8AMCBSkAMW4pAAAxBSkABAUpADJuKQAcMgBQAPIDBgqCewAAMwUpAAgFKXJ7AAA0BSkACgUpcnsAGDUAUAD0AwwFKXL2AAA2BSkADgUpcnsAADcFKQAQBSlyewAYOABQAPgDEgUpcnsAGDkAUgD6AxQFKQQxOmqaAQgxMAABKgAWBSoAMnIqAAAxBSoAGAUqADByKgAAMgUqABoFKnZ+AAAzBSoAHAUqdn4AADQFKgAeBSp2fgAANQUqACAFKnZ+AAA2BSoAIgUqdn4AADcFKgAkBSp2fgAAOAUqACYFKnZ+AAQ5AA==',
    'base64',
  ),
  'Java zstd': Buffer.from(
    'AAAAAAAAAAAAAAD9AAAAAAJAbc4DAAQAAAATAAABoiSZKUgAAAGiJJkpigAAAAAAAAADAAAAAAAAAAAAFCi1L/0AWAQGAHIIHiAwsTqDFL3MCPSu10tIog4MkO///5IvhsgaoiOyIFZjp68Y8jrHDvdBteNxjn1ilbYRNQPiRa/ibY6drU50v75sMaL79WoPsA0UF6YldI+X+ol4AK1A8/juADMg8/hVySa5qSk3M2mRF53ZZKqsaJtmcCMYSXn+xzEg8DXWVwh2T9gl9wp2T9gl7wm75J6wS+4Ju6Te2wRjGVNeJmCh+I5Zku+YJXzHLOF7Fd8xlvAds4TvVXzHLKl8uS5ZBgEAAA==',
    'base64',
  ),
  'librdkafka gzip': Buffer.from(
    'AAAAAAAAAAAAAADpAAAAAAIc0EZ8AAEAAAATAAABoiSZkMMAAAGiJJmQw///////////////////AAAAFB+LCAAAAAAAAAON0EsKwkAQRdFCRCSIiIiIiBQizoR0/nERwS30oMVgEDE9cffyknlXzQ9cuA0RRS/3u8aV5a59O/ZP6/nrPs76nlvfu+7BMTVEk8GZkDNw08ElIZfAzeRuCjeXuxlcJHdzuIXcLeCWcreEW8ndCm4td2u6E23G7i30OQbcjuEgNIC7sRyECeBekU4BD4p0BnhUpHNAVqQLwJMiXQKeFekK8KJI1/QHkk6HGioDAAA=',
    'base64',
  ),
  'librdkafka lz4': Buffer.from(
    'AAAAAAAAAAAAAAFaAAAAAAIDOLpKAAMAAAATAAABoiSZkncAAAGiJJmSd///////////////////AAAAFAQiTRhgQIIaAQAA8R1OAAAACmtleS0wOGEgbGluZSB0aGF0IHJlcGVhdHMgaXRzZWxmIDAATgAAAigAHzEoAAkQMSgAEQQoAB8yKAAJEDIoABEGKAAPeAAKEDMoABEIKAAPeAAKEDQoABEKKAAPeAAKEDUoABEMKAAPeAAKEDYoABEOKAAPeAAKEDcoABEQKAAPeAAKEDgoABESKAAPeAAKYTkAUAAAFCgALzE6kAEIIDEwKQARFikAHzIpAAoQMSkAERgpAB8wKQAKEDIpABEaKQAPewALEDMpABEcKQAPewALEDQpABEeKQAPewALEDUpABEgKQAPewALEDYpABEiKQAPewALEDcpABEkKQAPewALEDgpABEmKQAPewAIUGYgMTkAAAAAAA==',
    'base64',
  ),
  'librdkafka snappy': Buffer.from(
    'AAAAAAAAAAAAAAE+AAAAAAI1tppGAAIAAAATAAABoiSZkaEAAAGiJJmRof//////////////////AAAAFKoGsE4AAAAKa2V5LTA4YSBsaW5lIHRoYXQgcmVwZWF0cyBpdHNlbGYgMABOAAACCgEoADFuKAAAMQEoAAQFUAAybigAADIBKAAGBSgAMG4oAAAzASgACAUocngAADQBKAAKBShyeAAANQEoAAwFKHJ4AAA2ASgADgUocngAADcBKAAQBShyeAAAOAEoABIFKHJ4ABQ5AFAAABQFKAQxOmqQAQQxMAEpABYFKQAycikAADEBKQAYBSkAMHIpAAAyASkAGgUpdnsAADMBKQAcBSl2ewAANAEpAB4FKXZ7AAA1ASkAIAUpdnsAADYBKQAiBSl2ewAANwEpACQFKXZ7AAA4ASkAJgUpdnsABDkA',
    'base64',
  ),
  'librdkafka zstd': Buffer.from(
    'AAAAAAAAAAAAAADuAAAAAALKT9i5AAQAAAATAAABoiSZk08AAAGiJJmTT///////////////////AAAAFCi1L/0AWKUFAEIHGh5QjzqUgyCxMkdjwlZUQ+OW1ogMfs7oOAWF0OahkAKeDmH5kNQRHaFsPMpwvtBU2M2nNGE356kj7OYpD0wN0gtREiBtng+cFKgGfoBdOVFyLeZZiHluLXvB5yYPt2Jd6FhGMktpbFcBNSDwNdZX5AJ2RS5gV+QCdqVcwK7IBeyKXMCuyAWsX8GEYhlTXiZgofiOWZLvmCV8xyzhO2YJn2OW8B2zhO+YJXzHLOl8uS5ZBg==',
    'base64',
  ),
};

export const FOREIGN_RECORDS = Array.from({ length: 20 }, (_, n) => [
  `key-${n % 3}`,
  `a line that repeats itself ${n}`,
]);

/** A copy, which may be spoilt. */
export function batchOf(name: string): Buffer {
  return Buffer.from(FOREIGN_BATCHES[name] ?? Buffer.alloc(0));
}

export function moved(batch: Buffer, baseOffset: bigint): Buffer {
  batch.writeBigInt64BE(baseOffset);
  return batch;
}

/** With the length and the checksum that it should have. */
export function signed(batch: Buffer): Buffer {
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

/** Of a producer's transaction. */
export function batchBy(producer: bigint, baseOffset: bigint, flags: number, batch: Buffer): Buffer {
  batch.writeInt16BE(batch.readInt16BE(21) | flags, 21);
  batch.writeBigInt64BE(producer, 43);
  return signed(moved(batch, baseOffset));
}

/** One uncompressed record, whose key says that a transaction was aborted: version 0, type 0. */
export function abortMarker(): Buffer {
  const header = batchOf('Java gzip').subarray(0, 61);
  header.writeInt16BE(0, 21);
  header.writeInt32BE(0, 23);
  header.writeInt32BE(1, 57);
  // Length, attributes, timestamp, offset, a key of 4 bytes, a value of 0 bytes, no headers.
  return Buffer.concat([header, Buffer.from([20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0])]);
}

/** What makes a batch unreadable, and what is said about it. */
export const DAMAGES: readonly (readonly [what: string, spoil: (batch: Buffer) => Buffer, reason: RegExp])[] = [
  ['a wrong checksum', (batch) => batch.fill(0, 30, 32), /checksum/],
  ['an unknown compression', (batch) => signed(batch.fill(5, 22, 23)), /compression 5/],
  ['damaged data', (batch) => signed(batch.fill(7, 61, 90)), /.+/],
  ['fewer records than it says', (batch) => signed(batch.fill(99, 60, 61)), /.+/],
  ['an unknown format', (batch) => batch.fill(3, 16, 17), /format 3/],
];
