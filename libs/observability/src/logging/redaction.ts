import { safeMessage, safeStack } from './database-error.js';

/** Fields whose values never reach a log, whatever they are nested in. Compared without case, `_` and `-`. */
export const PERSONAL_FIELDS: readonly string[] =
  `address shippingAddress billingAddress name firstName lastName fullName recipient line1 line2 street city postalCode
  zip phone email birthDate ip remoteAddress paymentMethod card cardNumber pan cvc cvv iban accountNumber password secret
  token accessToken apiKey authorization cookie setCookie body payload data headers parameters query detail`.split(
    /\s+/,
  );

const PERSONAL = new Set(PERSONAL_FIELDS.map(normalised));

const MAX_DEPTH = 4;

export const REDACTED = '[redacted]';

/**
 * A copy of log fields in which personal, card and secret data, and anything that carries payloads, is replaced.
 * A net below the rule that only ids are logged, not a licence to log objects; deeper than four levels nothing is kept.
 */
export function redact(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactObject(fields, 0);
}

function redactObject(fields: object, depth: number): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    kept[key] = PERSONAL.has(normalised(key)) ? REDACTED : redactValue(value, depth);
  }
  return kept;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof Error) return describeError(value);
  if (ArrayBuffer.isView(value)) return REDACTED;
  if (depth >= MAX_DEPTH) return REDACTED;
  return Array.isArray(value)
    ? value.map((element: unknown) => redactValue(element, depth + 1))
    : redactObject(value, depth + 1);
}

interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

/**
 * Type, code, message, stack and causes of an error, nothing else: drivers hang statements, parameters and whole rows on
 * their errors.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'A value that is not an Error was thrown' };
  return {
    type: error.name,
    message: safeMessage(error),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...(error.stack === undefined ? {} : { stack: safeStack(error) }),
    ...(error.cause === undefined || depth >= MAX_DEPTH ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}

function normalised(key: string): string {
  return key.replaceAll(/[_-]/g, '').toLowerCase();
}
