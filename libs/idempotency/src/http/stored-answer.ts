/** An answer as it was sent the first time. */
export interface StoredAnswer {
  readonly status: number;
  /** Headers that belong to the answer, such as `Location` and `Content-Type`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes of the body. */
  readonly body: Buffer;
}
