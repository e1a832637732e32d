import type { Broker } from '../broker.js';
import type { Api } from '../protocol/api.js';
import type { Reader } from '../protocol/reader.js';

/** What a handler may know about a request besides its body. */
export interface RequestContext {
  readonly broker: Broker;
  readonly apiVersion: number;
  readonly clientId: string;
  readonly clientHost: string;
  /** Aborted when the connection closes: nobody waits for the answer any more. */
  readonly closed: AbortSignal;
}

/** Instead of an answer. */
export const NO_ANSWER = Symbol('no answer');
export const DROP_CONNECTION = Symbol('drop connection');
export type WithoutAnswer = typeof NO_ANSWER | typeof DROP_CONNECTION;

type Outcome<Response> = Response | WithoutAnswer;

/** An API together with what this broker does about it. */
export interface RequestHandler {
  readonly api: Pick<Api<unknown, unknown>, 'key' | 'name' | 'minVersion' | 'maxVersion' | 'advertisedMinVersion'>;
  /** @returns the answer's frame, in parts, or what happens instead. @throws ProtocolError on a malformed request. */
  answer(
    body: Reader,
    correlationId: number,
    context: RequestContext,
  ): Promise<readonly Buffer[] | WithoutAnswer> | readonly Buffer[] | WithoutAnswer;
}

/** Binds a handler to its API. Handlers that need not wait answer at once, without a turn of the event loop. */
export function handle<Request, Response extends object>(
  api: Api<Request, Response>,
  run: (request: Request, context: RequestContext) => Promise<Outcome<Response>> | Outcome<Response>,
): RequestHandler {
  return {
    api,
    answer: (body, correlationId, context) => {
      const encode = (outcome: Outcome<Response>): readonly Buffer[] | WithoutAnswer =>
        outcome === NO_ANSWER || outcome === DROP_CONNECTION
          ? outcome
          : api.writeResponse(context.apiVersion, correlationId, outcome);
      const outcome = run(api.readRequest(context.apiVersion, body), context);
      return outcome instanceof Promise ? outcome.then(encode) : encode(outcome);
    },
  };
}
