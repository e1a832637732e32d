import type { SagaBody, SagaStep } from '../bodies.js';
import { duration, words } from '../format.js';
import { Status } from '../parts/status.js';
import type { Row } from './story.js';

/** The saga's table: each step with what it did, and on the same line how it was undone. */
export function SagaStrip({ saga, rows }: { readonly saga: SagaBody; readonly rows: readonly Row[] }) {
  return (
    <ol class="saga" aria-label="Saga">
      {saga.steps.map((step) => (
        <li class={step.status.toLowerCase()} aria-current={step.name === saga.step ? 'step' : undefined}>
          <div class="step">
            <strong>{words(step.name)}</strong>
            <Status of={step.status} />
          </div>
          <p>{said(step, rows)}</p>
          {step.error && (
            <p class="fault" title={step.error.code}>
              {step.error.message}
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}

function said(step: SagaStep, rows: readonly Row[]): string {
  const of = rows.filter((row) => row.kind === 'message' && row.isCommand && row.step === step.name);
  const undo = of.filter((row) => row.kind === 'message' && row.isUndo).length;
  const parts = [
    took(step),
    step.attempts > 1 ? `${step.attempts} attempts` : '',
    undo > 0 ? `undone by ${undo === 1 ? 'one command' : `${undo} commands`}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'not begun' : parts.join(' · ');
}

function took({ startedAt, endedAt }: SagaStep): string {
  return startedAt === null || endedAt === null ? '' : duration(Date.parse(endedAt) - Date.parse(startedAt));
}
