interface At {
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What an operator may do to a saga that is stuck. */
export type OperatorAction = 'retry' | 'skip' | 'force';

/** Everything that can move a saga. */
export type SagaInput =
  | (At & { readonly kind: 'start' })
  | (At & {
      readonly kind: 'reply';
      /** The contract's name, without version: `payment.charged`. */
      readonly contract: string;
      readonly data: unknown;
      /** Id of the command that it answers (its causation id); `undefined`: it doesn't say, so the state alone decides. */
      readonly answers?: string | undefined;
    })
  | (At & {
      readonly kind: 'deadline';
      /** When the awaited command was published; `null` = not yet; `undefined` = nobody knows, so long ago. */
      readonly publishedAt: number | null | undefined;
    })
  | (At & { readonly kind: 'cancel'; readonly reason: string })
  | (At & {
      readonly kind: 'operate';
      readonly action: OperatorAction;
      readonly by: string;
      readonly reason: string;
    });
