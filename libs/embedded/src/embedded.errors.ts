export type EmbeddedErrorCode =
  | 'BINARIES_MISSING'
  | 'DATA_DIR_FOREIGN'
  | 'DATA_DIR_IN_USE'
  | 'DATA_DIR_UNWRITABLE'
  | 'DATA_DIR_VERSION'
  | 'JAVA_MISSING'
  | 'MAVEN_MISSING'
  | 'MAVEN_FAILED'
  | 'PORT_IN_USE'
  | 'ROOT_CANNOT_DROP'
  | 'SETTING_MISSING'
  | 'START_FAILED'
  | 'START_TIMED_OUT'
  | 'UNSUPPORTED_PLATFORM';

/** Why a part of the infrastructure cannot start. The message is one readable statement of what is wrong and what to do about it. */
export class EmbeddedInfrastructureError extends Error {
  override readonly name = 'EmbeddedInfrastructureError';

  constructor(
    readonly code: EmbeddedErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
