import { AsyncLocalStorage } from 'node:async_hooks';

/** The ids that say which piece of work this is. They follow it through every `await`, into logs and messages. */
export interface WorkContext {
  /** The same for everything that one request or order causes, in all services. */
  readonly correlationId: string;
  /** Id of the message or request that is being handled. */
  readonly causationId?: string;
  /** W3C trace context of the work. */
  readonly traceparent?: string;
}

const storage = new AsyncLocalStorage<WorkContext>();

/** Runs `work`, and whatever it awaits, in `context`. */
export function runWithContext<Result>(context: WorkContext, work: () => Result): Result {
  return storage.run(context, work);
}

/** The context of the running work; `undefined` outside of any, as at boot. */
export function currentContext(): WorkContext | undefined {
  return storage.getStore();
}
