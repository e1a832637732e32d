import { optionFaults } from '@waybill/observability';

import {
  DEFAULT_DEADLINE_MS,
  DEFAULT_RETRY_DELAY_MS,
  type ExpectedReply,
  type SagaDefinition,
  type SagaReply,
  type SagaStep,
  type SagaTable,
} from './saga-definition.js';
import { InvalidSagaDefinitionError } from './saga.errors.js';

/** Ten years: beyond it a deadline is a mistake. */
const DURATION = [1, 10 * 366 * 24 * 3_600_000] as const;
const COUNT = [1, Number.MAX_SAFE_INTEGER] as const;

/**
 * A saga as a table: its steps in order, what each sends, what it waits for, how it is undone.
 * The version goes up whenever steps or their meaning change; the old one stays registered until its instances ended.
 * @throws InvalidSagaDefinitionError naming every fault.
 */
export function defineSaga<Data>(name: string, version: number, table: SagaTable<Data>): SagaDefinition<Data> {
  const definition = {
    name,
    version,
    steps: table.steps,
    deadlineMs: table.deadlineMs ?? DEFAULT_DEADLINE_MS,
    retryDelayMs: table.retryDelayMs ?? DEFAULT_RETRY_DELAY_MS,
    replies: new Map(table.steps.flatMap(expectedReplies).map((expected) => [expected.reply.contract.name, expected])),
  };
  const faults = faultsOf(definition);
  if (faults.length > 0) throw new InvalidSagaDefinitionError(`${name} v${version}`, faults);
  return definition;
}

function faultsOf<Data>(definition: SagaDefinition<Data>): string[] {
  const { steps } = definition;
  const pivot = steps.findIndex((step) => step.pivot);
  return [
    ...(definition.name === '' ? ['the name is empty'] : []),
    ...optionFaults('', definition, { version: COUNT, deadlineMs: DURATION, retryDelayMs: DURATION }),
    ...(steps.length === 0 ? ['it has no steps'] : []),
    ...repeated(steps.map((step) => step.name)).map((name) => `step ${name} is there twice`),
    ...(steps.filter((step) => step.pivot).length > 1 ? ['it has more than one pivot'] : []),
    ...repeated(steps.flatMap(repliesOf).map((reply) => reply.contract.name)).map(
      (name) => `reply ${name} is awaited in two places`,
    ),
    ...steps.flatMap((step, index) => stepFaults(step, pivot >= 0 && index >= pivot)),
  ];
}

function stepFaults<Data>(step: SagaStep<Data>, afterPivot: boolean): string[] {
  const { compensation } = step;
  const faults = [
    ...optionFaults('', step, { deadlineMs: DURATION }),
    ...(completes(step.replies) ? [] : ['no reply completes it']),
    ...(afterPivot && compensation ? ['it has a compensation, but nothing is undone from the pivot on'] : []),
  ];
  if (compensation) {
    faults.push(...optionFaults('compensation.', compensation, { deadlineMs: DURATION, maxAttempts: COUNT }));
    if (!completes(compensation.replies)) faults.push('no reply completes its compensation');
  }
  return faults.map((fault) => `step ${step.name}: ${fault}`);
}

function expectedReplies<Data>(step: SagaStep<Data>): readonly ExpectedReply<Data>[] {
  return [
    ...step.replies.map((reply) => ({ step, phase: 'forward' as const, reply })),
    ...(step.compensation?.replies ?? []).map((reply) => ({ step, phase: 'compensation' as const, reply })),
  ];
}

function repliesOf<Data>(step: SagaStep<Data>): readonly SagaReply<Data>[] {
  return [...step.replies, ...(step.compensation?.replies ?? [])];
}

function completes<Data>(replies: readonly SagaReply<Data>[]): boolean {
  return replies.some((reply) => reply.outcome === 'done');
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
