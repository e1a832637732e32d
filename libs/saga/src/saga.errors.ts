/** The table of a saga doesn't hold together; the message lists every fault. */
export class InvalidSagaDefinitionError extends Error {
  readonly code = 'INVALID_SAGA_DEFINITION';

  constructor(saga: string, faults: readonly string[]) {
    super(`Saga ${saga} can't be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/** Instances are in flight whose definition this build no longer has. */
export class UnknownSagaVersionError extends Error {
  readonly code = 'UNKNOWN_SAGA_VERSION';

  constructor(missing: readonly string[]) {
    super(
      `Sagas in flight need definitions that aren't registered: ${missing.join(', ')}. ` +
        'Register these versions beside the new one until their instances have ended.',
    );
  }
}

/** An operator's action doesn't fit the state of the saga. */
export class SagaActionRefusedError extends Error {
  readonly code = 'SAGA_ACTION_REFUSED';

  constructor(action: string, saga: string, id: string, status: string) {
    super(`Can't ${action} saga ${saga} of ${id}: it is ${status}`);
  }
}

/** No instance with this name and id. */
export class SagaNotFoundError extends Error {
  readonly code = 'SAGA_NOT_FOUND';

  constructor(saga: string, id: string) {
    super(`There is no saga ${saga} of ${id}`);
  }
}

/** A setting of the deadline scheduler is no usable number. */
export class InvalidSagaSettingError extends Error {
  readonly code = 'INVALID_SAGA_SETTING';

  constructor(setting: string, value: unknown, wanted: string) {
    super(`Saga setting ${setting} is ${String(value)}; it must be ${wanted}`);
  }
}
