import { CreateHttpIdempotency1764000000200 } from './create-http-idempotency.js';

/** Give these to `DatabaseModule` where HTTP requests are idempotent by key. */
export const httpIdempotencyMigrations = [CreateHttpIdempotency1764000000200];
