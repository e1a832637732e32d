import type { MessageRow, Row } from '@waybill/order-story';

import type { HeldEffect, SagaBody, SagaStep } from '../bodies.js';
import { money } from '../format.js';
import type { Span } from './time-scale.js';

/** How long something took, or has taken so far. */
export interface Stretch extends Span {
  readonly isOpen: boolean;
  /** The service that was asked. */
  readonly by: string;
  readonly commands: number;
}

/** A step of the saga with what it did and how that was undone: both belong on one line. */
export interface StepLine {
  readonly step: SagaStep;
  /** `undefined`: not begun. */
  readonly did: Stretch | undefined;
  /** `undefined`: nothing was to be undone. */
  readonly undone: Stretch | undefined;
  /** What couldn't be undone, or was left in place. */
  readonly held: HeldEffect | undefined;
}

/** How a step stands: what an operator has decided comes before how it failed. */
export function standingOf({ step, held }: StepLine): string {
  return held?.skipped === true ? 'skipped by an operator' : step.status;
}

/** What is in the wrong place because of a step; '' where nothing is. */
export function heldSaid({ held }: StepLine): string {
  if (held === undefined) return '';
  return held.charged === undefined
    ? 'Its effect is still in place.'
    : `${money(held.charged)} charged, and still held.`;
}

export function stepLines({ steps, held = [] }: SagaBody, rows: readonly Row[]): readonly StepLine[] {
  const messages = rows.filter((row): row is MessageRow => row.kind === 'message');
  return steps.map((step) => {
    const of = messages.filter((row) => row.step === step.name);
    const isPending = step.endedAt === null;
    return {
      step,
      did:
        stretchOf(
          of.filter(({ isUndo }) => !isUndo),
          isPending,
        ) ?? ownStretch(step),
      undone: stretchOf(
        of.filter(({ isUndo }) => isUndo),
        isPending,
      ),
      held: held.find((effect) => effect.step === step.name),
    };
  });
}

/** From its first command to the end of what its last one led to. */
function stretchOf(rows: readonly MessageRow[], isPending: boolean): Stretch | undefined {
  const commands = rows.filter(({ isCommand }) => isCommand);
  const [first] = commands;
  if (first === undefined) return undefined;
  const segments = rows.flatMap((row) => row.segments);
  const answered = commands.some(({ answers }) => answers.length > 0);
  return {
    from: Math.min(...commands.map(({ at }) => at)),
    to: Math.max(...rows.map(({ at }) => at), ...segments.map(({ to }) => to)),
    isOpen: isPending && !answered,
    by: first.to,
    commands: commands.length,
  };
}

/** Of a step that sends nothing, or whose messages nobody remembers. */
function ownStretch({ startedAt, endedAt }: SagaStep): Stretch | undefined {
  if (startedAt === null) return undefined;
  const from = Date.parse(startedAt);
  return {
    from,
    to: endedAt === null ? from : Date.parse(endedAt),
    isOpen: endedAt === null,
    by: 'order',
    commands: 0,
  };
}
