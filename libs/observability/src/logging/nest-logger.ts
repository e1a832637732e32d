import type { LoggerService } from '@nestjs/common';

import { safeMessage } from './database-error.js';
import type { Logger } from './logger.js';

type Level = 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal';

/**
 * Nest's logger on pino: `new Logger('Orders').log('Order placed', { orderId })` becomes a line with `context`,
 * `orderId` and `msg`. Objects among the arguments are fields, an Error among them is `error`, the last string is Nest's
 * context.
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
    const [text, ...others] = typeof message === 'string' ? strings : ['', ...strings];
    const context = others.pop();
    if (context !== undefined) fields.context = context;
    const [stack] = others; // Nest's own calls: error(message, stack, context)
    if (stack !== undefined && level === 'error') fields.stack = stack;
    this.logger[level](fields, text || (fields.error instanceof Error ? safeMessage(fields.error) : 'No message'));
  }
}
