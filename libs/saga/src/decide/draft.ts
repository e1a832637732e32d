import type { CommandSpec, SagaDefinition, SagaStep } from '../saga-definition.js';
import type { SagaFailure, SagaInstance, SagaStatus, StepState } from '../saga-instance.js';
import type { SagaCommand, SagaDecision, SagaTransition } from '../saga-transition.js';

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

/** A saga instance while one input is being decided on; what comes out is a new instance. */
export class Draft<Data> {
  data: Data;
  failure: SagaFailure | undefined;
  status: SagaStatus;
  deadlineAt: number | null;
  readonly #steps: StepState[];
  readonly #commands: SagaCommand[] = [];
  readonly #transitions: SagaTransition[] = [];

  constructor(
    readonly definition: SagaDefinition<Data>,
    readonly before: SagaInstance<Data>,
    readonly now: number,
  ) {
    this.data = before.data;
    this.failure = before.failure;
    this.status = before.status;
    this.deadlineAt = before.deadlineAt;
    this.#steps = [...before.steps];
  }

  get steps(): readonly StepState[] {
    return this.#steps;
  }

  /** The step's state; a step that the definition names is always there. */
  state(step: SagaStep<Data>): StepState {
    const state = this.#steps.find(({ name }) => name === step.name);
    if (!state) throw new Error(`Saga ${this.before.saga} ${this.before.id} has no step ${step.name}`);
    return state;
  }

  /** From the moment the pivot step starts, nothing is undone. */
  get pivotPassed(): boolean {
    const pivot = this.definition.steps.find((step) => step.pivot);
    return pivot !== undefined && this.state(pivot).status !== 'PENDING';
  }

  /** The step that something is awaited for. */
  get current(): SagaStep<Data> | undefined {
    return this.definition.steps.find((step) => {
      const { status } = this.state(step);
      return status === 'RUNNING' || status === 'COMPENSATING';
    });
  }

  change(step: SagaStep<Data>, change: Partial<StepState>): void {
    const index = this.#steps.findIndex(({ name }) => name === step.name);
    this.#steps[index] = { ...this.state(step), ...change };
  }

  send(step: SagaStep<Data>, phase: SagaCommand['phase'], command: CommandSpec): void {
    this.#commands.push({ ...command, step: step.name, phase });
  }

  note(transition: WithoutTime<SagaTransition>): void {
    this.#transitions.push({ ...transition, at: this.now });
  }

  ignored(): SagaDecision<Data> {
    return { verdict: 'ignored', instance: this.before, commands: [], transitions: [] };
  }

  refused(): SagaDecision<Data> {
    return { verdict: 'refused', instance: this.before, commands: [], transitions: [] };
  }

  taken(): SagaDecision<Data> {
    const { before } = this;
    const waitsFor =
      this.current?.name ?? this.#steps.find(({ status }) => status === 'COMPENSATION_FAILED')?.name ?? before.step;
    const { failure: _, ...rest } = before;
    return {
      verdict: 'taken',
      instance: {
        ...rest,
        status: this.status,
        step: waitsFor,
        steps: this.#steps,
        data: this.data,
        ...(this.failure === undefined ? {} : { failure: this.failure }),
        deadlineAt: this.deadlineAt,
        updatedAt: this.now,
      },
      commands: this.#commands,
      transitions: this.#transitions,
    };
  }
}
