import type { Statement } from '@waybill/database';

/** In each provider's ledger: what is wrong with the provider now. Empty unless a lab writes to it; each row ends by itself. */
export const createFaultTable = `
  CREATE TABLE IF NOT EXISTS fault (
    kind text PRIMARY KEY CHECK (kind IN ('slow', 'failing')),
    share integer NOT NULL CHECK (share BETWEEN 1 AND 100),
    delay_ms integer NOT NULL CHECK (delay_ms BETWEEN 0 AND 30000),
    moment text NOT NULL CHECK (moment IN ('before', 'after')),
    began timestamptz NOT NULL,
    until timestamptz NOT NULL,
    struck bigint NOT NULL
  );
`;

/** How a provider is wrong. */
export interface ProviderFault {
  readonly kind: 'slow' | 'failing';
  /** Of 100 calls, this many are struck. */
  readonly share: number;
  /** Of a slow one: milliseconds before it does anything. */
  readonly delayMs: number;
  /** Of a failing one: before it has done anything, or after, so that the caller can't know. */
  readonly moment: 'before' | 'after';
}

export interface ProviderFaultState extends ProviderFault {
  readonly began: Date;
  readonly until: Date;
  readonly active: boolean;
  readonly struck: number;
}

/** $1 kind, $2 share, $3 delay in ms, $4 moment, $5 seconds. No row: one of the kind is active already. */
export const beginProviderFault: Statement = {
  name: 'simulator_begin_fault',
  text: `
    INSERT INTO fault AS f (kind, share, delay_ms, moment, began, until, struck)
    VALUES ($1, $2, $3, $4, now(), now() + make_interval(secs => $5), 0)
    ON CONFLICT (kind) DO UPDATE SET
      share = EXCLUDED.share, delay_ms = EXCLUDED.delay_ms, moment = EXCLUDED.moment, began = EXCLUDED.began,
      until = EXCLUDED.until, struck = 0
    WHERE f.until <= now()
    RETURNING kind`,
};

/** $1 kind. */
export const endProviderFault: Statement = {
  name: 'simulator_end_fault',
  text: 'UPDATE fault SET until = now() WHERE kind = $1 AND until > now()',
};

export const listProviderFaults: Statement = {
  name: 'simulator_list_faults',
  text: `
    SELECT kind, share, delay_ms AS "delayMs", moment, began, until, until > now() AS active, struck::float8 AS struck
    FROM fault`,
};

/** Those that are active, having counted calls that were struck. $1 kinds, $2 how many calls. */
export const takeProviderFaults: Statement = {
  name: 'simulator_take_faults',
  text: `
    WITH counted AS (
      UPDATE fault SET struck = struck + calls
      FROM unnest($1::text[], $2::int[]) AS u (struck_kind, calls) WHERE kind = struck_kind
    )
    SELECT kind, share, delay_ms AS "delayMs", moment FROM fault WHERE until > now()`,
};
