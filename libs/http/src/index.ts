export { configureHttp } from './configure-http.js';
export { HealthIndicators } from './health/health-indicators.js';
export type { HealthState } from './health/health-indicators.js';
export { HealthModule } from './health/health.module.js';
export { Shutdown } from './health/shutdown.js';
export { httpFaults, httpSettings } from './http-settings.js';
export { ApiProblems } from './openapi/api-problems.js';
export { describeApi } from './openapi/describe-api.js';
export type { OpenApiOptions } from './openapi/describe-api.js';
export { setupOpenApi } from './openapi/setup-openapi.js';
export { defineCursor, isTimeMs } from './paging/cursor.js';
export { ListQuery } from './paging/list.query.js';
export { pageOf } from './paging/page.js';
export type { Page } from './paging/page.js';
export {
  ConflictError,
  NotFoundError,
  ProblemError,
  UnavailableError,
  UnprocessableError,
  ValidationError,
} from './problem/problem.errors.js';
export type { TranslateError } from './problem/problem.filter.js';
export { OperatorBody } from './request/operator.body.js';
export { isOwnOrigin } from './request/refuse-foreign.js';
export { preferWait } from './request/prefer-wait.js';
export type { PreferredWait } from './request/prefer-wait.js';
export { isFromThisMachine } from './request/this-machine.js';
export { isUuid, UuidPipe } from './request/uuid.pipe.js';
export { HttpAdapter } from './service/http-adapter.js';
export { startHttpService } from './service/start-http-service.js';
export type { HttpService } from './service/start-http-service.js';
export { HasNoCardNumber } from './validation/card-number.js';
export { HasNoHiddenCharacter } from './validation/hidden-character.js';
export { IsCountry } from './validation/country.js';
export { IntegerParameter, IsIntegerIn } from './validation/integer.js';
export { IsArrayOf, IsObjectOf } from './validation/nested.js';
export { IsOneOf, OneOfParameter } from './validation/one-of.js';
export { Optional } from './validation/optional.js';
export { IsText, IsTextLike } from './validation/text.js';
export { IsDay, isDay, IsTime } from './validation/time.js';
export { IsUuid } from './validation/uuid.js';
