/** What the user can put right; printed without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';

  constructor(
    readonly code:
      | 'ALREADY_RUNNING'
      | 'BAD_OPTION'
      | 'BAD_SETTING'
      | 'CONFIGURATION_REFUSED'
      | 'NO_BROKER'
      | 'NOT_BUILT'
      | 'PORT_IN_USE',
    message: string,
  ) {
    super(message);
  }
}
