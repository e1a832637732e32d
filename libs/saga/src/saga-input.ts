interface Given {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Id of the command that the input may cause; one input causes at most one. */
  readonly commandId: string;
}

/** What an operator may do to a saga that is stuck. */
export type OperatorAction = 'retry' | 'skip' | 'force';

/** An answer to a saga whose own row is lost. */
export interface LeftAnswer {
  /** The contract's name, without version. */
  readonly contract: string;
  readonly data: unknown;
  /** Id of the command that it answers. */
  readonly answers: string | undefined;
}

/** Everything that can move a saga. */
export type SagaInput =
  | (Given & { readonly kind: 'start' })
  | (Given & {
      readonly kind: 'reply';
      /** The contract's name, without version: `payment.charged`. */
      readonly contract: string;
      readonly data: unknown;
      /** Id of the command that it answers: its causation id. `undefined`: it doesn't say, so it is no answer. */
      readonly answers: string | undefined;
      /** Whether the saga's row may be older than what participants have done: its database was restored. @default false */
      readonly isRestored?: boolean | undefined;
    })
  | (Given & {
      readonly kind: 'deadline';
      /** Whether the awaited command has left the outbox. */
      readonly published: boolean;
      /** Why the broker will never take it as things are. */
      readonly refused?: string | undefined;
      /** When answers were last lost at the broker. @default never */
      readonly lostAt?: number | undefined;
    })
  | (Given & {
      readonly kind: 'recover';
      /** What participants have answered, as far as anybody knows. */
      readonly answers: readonly LeftAnswer[];
      readonly by: string;
      readonly reason: string;
    })
  | (Given & { readonly kind: 'cancel'; readonly reason: string })
  | (Given & {
      readonly kind: 'operate';
      readonly action: OperatorAction;
      readonly by: string;
      readonly reason: string;
    });
