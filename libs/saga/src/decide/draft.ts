import { frozen } from '../frozen.js';
import type { CommandSpec, SagaDefinition, SagaStep } from '../saga-definition.js';
import type { Phase, SagaFailure, SagaInstance, SagaStatus, StepState } from '../saga-instance.js';
import type { ReplyFault, SagaCommand, SagaDecision, SagaTransition, SentCommand } from '../saga-transition.js';
import { repeated } from './question.js';

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

/** A saga instance while one input is being decided on; what comes out is a new instance. */
export class Draft<Data> {
  failure: SagaFailure | undefined;
  status: SagaStatus;
  deadlineAt: number | null;
  #data: Data;
  readonly #steps: StepState[];
  #command: SagaCommand | undefined;
  readonly #transitions: SagaTransition[] = [];

  constructor(
    readonly definition: SagaDefinition<Data>,
    readonly before: SagaInstance<Data>,
    readonly now: number,
    private readonly commandId: string,
  ) {
    this.#data = frozen(before.data);
    this.failure = before.failure;
    this.status = before.status;
    this.deadlineAt = before.deadlineAt;
    this.#steps = [...before.steps];
  }

  /** Frozen; see {@link frozen}. */
  get data(): Data {
    return this.#data;
  }

  set data(data: Data) {
    this.#data = frozen(data);
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
    // No spreads: Node.js 20 takes microseconds to add a property behind one. What is new may stand before it.
    this.#steps[index] = Object.assign({}, this.state(step), change);
  }

  /** Asks a participant for something: by a first command, or by repeating the last question. */
  send(step: SagaStep<Data>, phase: Phase, how: 'ask' | 'repeat', command: CommandSpec): SentCommand {
    if (this.#command) throw new Error(`Saga ${this.before.saga} ${this.before.id} sends two commands for one input`);
    const id = this.commandId;
    this.#command = Object.assign({}, command, { id, step: step.name, phase }); // whatever else a definition's command has
    const { asked, postponed } = this.state(step);
    const open = how === 'repeat' ? asked.at(-1) : undefined;
    const question = open ? repeated(open, id) : { phase, commands: [id] };
    this.change(step, { commandId: id, asked: [...(open ? asked.slice(0, -1) : asked), question] });
    if (postponed) this.change(step, { postponed: false });
    return { id, type: command.contract.type };
  }

  note(transition: WithoutTime<SagaTransition>): void {
    this.#transitions.push({ at: this.now, ...transition });
  }

  ignored(): SagaDecision<Data> {
    return { verdict: 'ignored', instance: this.before, transitions: [] };
  }

  refused(): SagaDecision<Data> {
    return { verdict: 'refused', instance: this.before, transitions: [] };
  }

  /** No answer to anything that was asked. */
  unproven(fault: ReplyFault): SagaDecision<Data> {
    return { ...this.ignored(), fault };
  }

  taken(): SagaDecision<Data> {
    const { before } = this;
    const waitsFor =
      this.current?.name ?? this.#steps.find(({ status }) => status === 'COMPENSATION_FAILED')?.name ?? before.step;
    return {
      verdict: 'taken',
      instance: {
        ...before,
        status: this.status,
        step: waitsFor,
        steps: this.#steps,
        data: this.data,
        deadlineAt: this.deadlineAt,
        updatedAt: this.now,
        ...(this.failure && { failure: this.failure }),
      },
      transitions: this.#transitions,
      ...(this.#command && { command: this.#command }),
    };
  }
}
