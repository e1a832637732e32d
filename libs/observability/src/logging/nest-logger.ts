import type { LoggerService } from '@nestjs/common';

import { safeMessage } from './database-error.js';
import type { Logger } from './logger.js';

type Level = 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal';

/**
 * Nest's logger on pino: `new Logger('Orders').log('Order placed', { orderId })` becomes a line with `context`,
 * `orderId` and `msg`. Objects among the arguments are fields, an Error among them is `error`, the last string is Nest's
 * context. A call with an object alone, `log({ message: 'Order placed', orderId })`, has its text in the object's `message` or `msg`.
 */
export class NestLogger implements LoggerService {
  constructor(readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.#write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  #write(level: Level, message: unknown, rest: readonly unknown[]): void {
    if (!this.logger.isLevelEnabled(level)) return;
    const fields: Record<string, unknown> = {};
    const strings: string[] = [];
    for (const argument of [message, ...rest]) {
      if (argument instanceof Error) fields.error = argument;
      else if (typeof argument === 'string') strings.push(argument);
      else if (typeof argument === 'object' && argument !== null) Object.assign(fields, argument);
    }
    const text = typeof message === 'string' ? strings.shift() : textOf(fields);
    const context = strings.pop();
    if (context !== undefined) fields.context = context;
    const [stack] = strings; // Nest's own calls: error(message, stack, context)
    if (stack !== undefined && level === 'error') fields.stack = stack;
    this.logger[level](fields, text || errorText(fields.error) || printed(message));
  }
}

/** Takes the text out of an object that carries it among its fields. */
function textOf(fields: Record<string, unknown>): string | undefined {
  for (const name of ['message', 'msg']) {
    const text = fields[name];
    if (typeof text !== 'string') continue;
    delete fields[name];
    return text;
  }
  return undefined;
}

/** What is no text, but can be said as one. */
function printed(message: unknown): string {
  return typeof message === 'number' || typeof message === 'boolean' ? String(message) : 'No message';
}

function errorText(error: unknown): string | undefined {
  return error instanceof Error ? safeMessage(error) : undefined;
}
