import type { SagaBody, SagaStep } from '../bodies.js';
import { duration, words } from '../format.js';
import { Status } from '../parts/status.js';
import { Gaps } from './gaps.js';
import { heldSaid, standingOf } from './step-lines.js';
import type { StepLine, Stretch } from './step-lines.js';
import type { TimeScale } from './time-scale.js';

interface SagaLinesProps {
  readonly saga: SagaBody;
  readonly lines: readonly StepLine[];
  readonly scale: TimeScale;
}

/** The saga's table on the waterfall's line of time: each step with what it did, and on the same line how it was undone. */
export function SagaLines({ saga, lines, scale }: SagaLinesProps) {
  return (
    <ol class="saga" aria-label="Saga">
      {lines.map((line) => (
        <li
          key={line.step.name}
          class={`row step ${line.step.status.toLowerCase()}`}
          aria-current={line.step.name === saga.step ? 'step' : undefined}
        >
          <span class="what">
            <strong>{words(line.step.name)}</strong>
            <Status of={standingOf(line)} />
            <small>{said(line)}</small>
          </span>
          <svg class="line" role="img" aria-label={spoken(line)}>
            <Gaps scale={scale} />
            {line.did && <Bar stretch={line.did} scale={scale} kind="did" word="done in" />}
            {line.undone && <Bar stretch={line.undone} scale={scale} kind="undone" word={undoneWord(line)} />}
          </svg>
          <span class="at">
            {line.did && line.did.to > line.did.from && duration(line.did.to - line.did.from)}
            {line.undone && ` ↶ ${duration(line.undone.to - line.undone.from)}`}
          </span>
          {line.step.error && (
            <p class="fault" title={line.step.error.code}>
              {line.step.error.message}
            </p>
          )}
          {line.held && <p class="fault">{heldSaid(line)}</p>}
        </li>
      ))}
    </ol>
  );
}

interface BarProps {
  readonly stretch: Stretch;
  readonly scale: TimeScale;
  readonly kind: 'did' | 'undone';
  readonly word: string;
}

function Bar({ stretch: { from, to, isOpen, by }, scale, kind, word }: BarProps) {
  const start = scale.place(from);
  const width = Math.max(scale.place(to) - start, 0.35);
  return (
    <rect
      class={`bar ${kind} of-${by} ${isOpen ? 'still' : ''}`}
      x={`${Math.min(start, 99.65)}%`}
      width={`${width}%`}
      y="20%"
      height="60%"
      rx="2"
    >
      <title>{`${word} ${duration(to - from)}${isOpen ? ', still' : ''}`}</title>
    </rect>
  );
}

function said({ step, did, undone }: StepLine): string {
  if (did === undefined) return 'not begun';
  const commands = undone?.commands ?? 0;
  return [attemptsOf(step), commands > 0 ? `by ${commands === 1 ? '1 command' : `${commands} commands`}` : '']
    .filter((part) => part !== '')
    .join(' · ');
}

function attemptsOf({ attempts }: SagaStep): string {
  return attempts > 1 ? `${attempts} attempts` : '';
}

function undoneWord({ held }: StepLine): string {
  return held === undefined ? 'undone in' : 'not undone, tried for';
}

function spoken(line: StepLine): string {
  const { did, undone } = line;
  if (did === undefined) return 'not begun';
  const took = `took ${duration(did.to - did.from)}${did.isOpen ? ' so far' : ''}`;
  return undone === undefined
    ? took
    : `${took}, ${undoneWord(line)} ${duration(undone.to - undone.from)}${undone.isOpen ? ' so far' : ''}`;
}
