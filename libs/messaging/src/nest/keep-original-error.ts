import type { ArgumentsHost } from '@nestjs/common';
import { BaseRpcExceptionFilter } from '@nestjs/microservices';
import { throwError } from 'rxjs';

const contexts = new WeakSet<object>();
let patched = false;

/** Marks a context as one of our invocations; its errors reach the engine as they were thrown. */
export function markInvocation(context: object): void {
  contexts.add(context);
}

/**
 * Nest's last exception filter replaces what a handler, guard or pipe threw by 'Internal server error', and it can't be
 * replaced per transport without shadowing the application's own filters. So it is corrected, for invocations of this
 * transport alone; those of other transports pass through untouched.
 */
export function keepOriginalErrors(): void {
  if (patched) return;
  patched = true;
  const original = BaseRpcExceptionFilter.prototype.catch;
  BaseRpcExceptionFilter.prototype.catch = function keepOriginal(exception: unknown, host: ArgumentsHost) {
    const context: unknown = host.getArgByIndex(1);
    return typeof context === 'object' && context !== null && contexts.has(context)
      ? throwError(() => exception)
      : original.call(this, exception, host);
  };
}
