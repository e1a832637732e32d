/**
 * The carrier's books; no personal data. `open` = calls failed so far, nothing booked; `voided` = called off before it was
 * booked. `reference` = the order, as the service has told; `null` where nobody told. What the carrier will deliver: bookings with status `booked`.
 */
export const createLedger = `
  CREATE TABLE IF NOT EXISTS booking (
    idempotency_key text PRIMARY KEY,
    status text NOT NULL CHECK (status IN ('open', 'booked', 'refused', 'cancelled', 'voided')),
    items jsonb NOT NULL,
    calls integer NOT NULL,
    cancel_calls integer NOT NULL,
    cancel_failures integer NOT NULL,
    cancel_refusals integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  ALTER TABLE booking ADD COLUMN IF NOT EXISTS reference text;
`;
