/** One thing that is wrong with a message's data. */
export interface DataFault {
  /** JSON pointer into the data. */
  readonly pointer: string;
  readonly message: string;
}
