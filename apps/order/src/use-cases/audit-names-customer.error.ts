/** What is kept of an erasure must not hold what was erased. */
export class AuditNamesCustomerError extends Error {
  readonly code = 'AUDIT_NAMES_CUSTOMER';

  constructor() {
    super("who and why are kept: they must not hold the customer's id, say the ticket's number instead");
  }
}
