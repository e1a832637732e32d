import type { SagaInstance } from './saga-instance.js';

/** What stands for what is erased. */
export interface SagaErasure<Data> {
  /** Returns new data; the old is frozen. */
  readonly data: (data: Readonly<Data>) => Data;
  /** In place of the words in which failures were told. */
  readonly text: string;
}

/** Whether nothing is awaited any more. A late answer may still turn a COMPENSATED saga round, to undo what it tells of. */
export function isEnded({ status }: Pick<SagaInstance, 'status'>): boolean {
  return status === 'COMPLETED' || status === 'COMPENSATED';
}

/** An instance that has ended, without what its data and its failures say of people. */
export function erased<Data>(instance: SagaInstance, { data, text }: SagaErasure<Data>): SagaInstance {
  const { failure } = instance;
  return {
    ...instance,
    data: data(instance.data as Data), // started with data of this type, under this definition
    ...(failure === undefined ? {} : { failure: { ...failure, message: text } }),
    steps: instance.steps.map((step) =>
      step.error === undefined ? step : { ...step, error: { ...step.error, message: text } },
    ),
  };
}
