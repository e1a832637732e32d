import { ErrorCode } from '../protocol/error-codes.js';
import { apiVersionsApi } from '../protocol/messages/api-versions.js';
import { handle, type RequestHandler } from './request-handler.js';

/** Tells clients which APIs and versions they may use. */
export const apiVersions = (handlers: () => Iterable<RequestHandler>): RequestHandler =>
  handle(apiVersionsApi, () => ({ errorCode: ErrorCode.NONE, apiKeys: describeApis(handlers()) }));

/** The answer to an ApiVersions request of a version we don't speak: version 0, so that any client can read it. */
export const refuseApiVersions = (handlers: Iterable<RequestHandler>, correlationId: number): readonly Buffer[] =>
  apiVersionsApi.writeResponse(0, correlationId, {
    errorCode: ErrorCode.UNSUPPORTED_VERSION,
    apiKeys: describeApis(handlers),
  });

const describeApis = (
  handlers: Iterable<RequestHandler>,
): readonly { readonly apiKey: number; readonly minVersion: number; readonly maxVersion: number }[] =>
  [...handlers].map(({ api }) => ({
    apiKey: api.key,
    minVersion: api.advertisedMinVersion,
    maxVersion: api.maxVersion,
  }));
