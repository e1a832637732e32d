/** The folder of the payloads isn't there (unmounted?) or may not be written. */
export class PayloadFolderUnusable extends Error {
  readonly code = 'PAYLOAD_FOLDER_UNUSABLE';

  constructor(folder: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`The folder of the payloads, ${folder}, can't be used: ${why}`, { cause });
    this.name = 'PayloadFolderUnusable';
  }
}
