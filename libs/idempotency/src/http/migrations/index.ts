import { CreateOperatorAct1797500000100 } from '../../acts/create-operator-act.js';
import { CreateHttpIdempotency1764000000200 } from './create-http-idempotency.js';

/** Give these to `DatabaseModule` where HTTP requests are idempotent by key, or operators' acts are put on record. */
export const httpIdempotencyMigrations = [CreateHttpIdempotency1764000000200, CreateOperatorAct1797500000100];
