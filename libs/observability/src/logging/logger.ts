import { pino } from 'pino';
import type { DestinationStream, Logger as PinoLogger } from 'pino';

import { currentContext } from '../tracing/context.js';
import { PERSONAL_FIELDS, redact, REDACTED } from './redaction.js';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** Name of the service, on every line. */
  readonly service: string;
  /** @default 'info' */
  readonly level?: LogLevel;
  /** Where the lines go. @default standard output, written synchronously: a killed process has logged what it did */
  readonly destination?: DestinationStream;
}

export type Logger = PinoLogger;

/**
 * One JSON object per line: `level` (a word), `time` (ISO 8601), `service`, `correlationId` and `causationId` of the
 * running work, the fields, `msg`. Call it with ids and a constant message: `logger.info({ orderId }, 'Order placed')`.
 * Personal data in fields is replaced (see `redact`); the message goes out as it is, so never build one from input.
 */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      level: options.level ?? 'info',
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      errorKey: 'error',
      serializers: { ...childBindings, error: (described: unknown) => described },
      formatters: { level: (label) => ({ level: label }), log: redact },
      mixin: idsOfTheRunningWork,
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

// pino's `log` formatter sees the fields of a line, not those of `logger.child()`; serializers see both.
const childBindings = Object.fromEntries(PERSONAL_FIELDS.map((field) => [field, () => REDACTED]));

function idsOfTheRunningWork(): object {
  const context = currentContext();
  if (!context) return {};
  const { correlationId, causationId } = context;
  return causationId === undefined ? { correlationId } : { correlationId, causationId };
}
