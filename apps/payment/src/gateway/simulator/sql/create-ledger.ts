/**
 * The provider's books. `open` = calls failed so far, nothing charged; `voided` = called off, never to be charged.
 * `reference` = the order, as the service has told; `null` where nobody told.
 * What the provider holds for us: charges with status `charged` minus refunds with status `refunded`.
 */
export const createLedger = `
  CREATE TABLE IF NOT EXISTS charge (
    idempotency_key text PRIMARY KEY,
    payment_method text NOT NULL,
    amount bigint NOT NULL CHECK (amount >= 0),
    currency text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'charged', 'declined', 'voided')),
    decline_code text,
    decline_message text,
    calls integer NOT NULL,
    refund_failures integer NOT NULL,
    refund_refusals integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  ALTER TABLE charge ADD COLUMN IF NOT EXISTS reference text;
  CREATE TABLE IF NOT EXISTS refund (
    charge_key text PRIMARY KEY,
    amount bigint NOT NULL CHECK (amount >= 0),
    currency text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'refunded', 'refused')),
    calls integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
`;
