import { IsArrayOf, IsIntegerIn, IsText, IsTextLike, ListQuery, OneOfParameter, Optional } from '@waybill/http';

// #region validate
class Line {
  @IsText({ max: 64 }) sku: string;
  @IsIntegerIn({ min: 1, max: 10_000 }) quantity: number;
}

export class PlaceOrderBody {
  @IsTextLike(/[A-Za-z0-9_-]{1,64}/, '1 to 64 of A-Z, a-z, 0-9, _ and -') customerId: string;
  @IsArrayOf(() => Line, { min: 1, max: 100, uniqueBy: 'sku' }) items: Line[];
  @Optional() @IsText() note?: string; // null is refused
}

/** limit 1-100 (20), cursor; `?status=placed` as well */
export class OrdersQuery extends ListQuery {
  @Optional() @OneOfParameter(['PLACED', 'FULFILLED']) status?: string;
}
// #endregion
