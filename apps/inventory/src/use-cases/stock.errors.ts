export class UnknownSkuError extends Error {
  readonly code = 'SKU_NOT_FOUND';

  constructor() {
    super('No product has this SKU.');
  }
}

export class StockLimitError extends Error {
  readonly code = 'STOCK_LIMIT_REACHED';

  constructor() {
    super('The stock would be larger than 9000000000000000 units.');
  }
}
