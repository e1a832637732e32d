/**
 * The revision after `known`: the database's time in milliseconds since 1970, but always a higher one. So it is higher, too, than
 * what readers have got from a database that was lost, or of which an older copy was restored.
 */
export const nextRevision = (known: string): string =>
  `greatest(${known} + 1, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)`;
