/** A price, line or total beyond 2^53 - 1 minor units. */
export class AmountTooLargeError extends Error {
  readonly code = 'AMOUNT_TOO_LARGE';

  constructor() {
    super(`The order's total is larger than ${Number.MAX_SAFE_INTEGER} minor units; order less`);
  }
}

/** A revision of the catalogue is the time of its publication; this one hasn't come yet. */
export class RevisionAheadError extends Error {
  readonly code = 'REVISION_AHEAD';

  constructor(revision: number) {
    super(
      `The catalogue's revision ${revision} is a time to come; was it forged, or is a clock wrong by more than an hour?`,
    );
  }
}

/** Lines of one order are priced in different currencies. */
export class CurrencyMismatchError extends Error {
  readonly code = 'CURRENCY_MISMATCH';

  constructor(currencies: readonly string[]) {
    super(`The lines are priced in different currencies (${currencies.join(', ')}); place one order for each`);
  }
}

/** Lines that name a SKU which the catalogue doesn't hold. */
export class UnknownSkuError extends Error {
  readonly code = 'UNKNOWN_SKU';

  /** @param lines indexes of the lines at fault */
  constructor(readonly lines: readonly number[]) {
    super('The catalogue has no such product');
  }
}

/** The order has come to its end; nothing can be asked of it any more. */
export class OrderEndedError extends Error {
  readonly code = 'ORDER_ENDED';

  constructor(
    readonly orderId: string,
    readonly status: string,
  ) {
    super(`Order ${orderId} is ${status} and can't be cancelled any more`);
  }
}

/** A verb was called in a state that excludes it: a defect in the code around the aggregate. */
export class OrderInvariantError extends Error {
  readonly code = 'ORDER_INVARIANT';
}
