import type { MessageHandler as NestCallback } from '@nestjs/microservices';
import { runWithContext } from '@waybill/observability';
import { isObservable, lastValueFrom } from 'rxjs';

import { DEFAULT_RETRY_POLICY } from '../consumer/decide-failure.js';
import type { FailurePolicy } from '../consumer/decide-failure.js';
import { CallLimit } from '../consumer/gates/call-limit/call-limit.js';
import type { ReadAhead, RegisteredHandler } from '../consumer/registered-handler.js';
import type { MessageContext } from '../handler.js';
import { MessageRefused } from '../messaging.errors.js';
import type { RetryPolicy, UnitOfWork } from '../ports.js';
import type { HandlerExtras } from './handler-decorators.js';
import { isRefusal } from './is-refusal.js';
import { markInvocation } from './keep-original-error.js';

/** A method that Nest has wrapped in its guards, interceptors, pipes and filters, as the engine calls it. */
export function nestHandler(
  callback: NestCallback,
  { definition, entries }: HandlerExtras['waybill'],
  groupPolicy: Partial<RetryPolicy>,
  database: Pick<UnitOfWork<unknown>, 'isUnstorable'>,
  maxConcurrentCalls: number,
  read: ReadAhead | undefined,
): RegisteredHandler {
  const { nonRetryable, postponeMs, retry } = definition.options;
  const policy: FailurePolicy = {
    ...DEFAULT_RETRY_POLICY,
    ...groupPolicy,
    ...retry,
    nonRetryable: (error) => nonRetryable?.(error) === true || database.isUnstorable(error),
    ...(postponeMs && { postponeMs }),
  };
  const handler: RegisteredHandler = {
    definition,
    policy,
    ...(read && { read }),
    async invoke(payload, context) {
      markInvocation(context);
      const before = entries.value;
      try {
        const result: unknown = await inContextOf(context, async () => callback(payload, context));
        return isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result;
      } catch (error) {
        const isHandlers = entries.value !== before;
        if (isHandlers || !isRefusal(error)) throw error;
        throw new MessageRefused(definition.name, error);
      }
    },
  };
  const { callLimit = definition.kind === 'outside-call' } = definition.options;
  return callLimit ? { ...handler, callLimit: new CallLimit(maxConcurrentCalls) } : handler;
}

/** What a handler logs carries the ids of its message; a call for many messages has no ids of its own. */
function inContextOf<Result>({ messages }: MessageContext, work: () => Result): Result {
  const [message] = messages;
  if (message === undefined || messages.length > 1) return work();
  const { id, correlationId, traceparent } = message.envelope;
  return runWithContext(
    { correlationId, causationId: id, ...(traceparent === undefined ? {} : { traceparent }) },
    work,
  );
}
