import { act, mayAct } from '../api.js';
import type { OrderBody, SagaBody } from '../bodies.js';
import { words } from '../format.js';
import { propose } from '../parts/propose.js';

interface ActionsProps {
  readonly order: OrderBody;
  readonly saga: SagaBody;
  readonly done: () => void;
}

/** What one can do about the order as it is; nothing else is offered. */
export function Actions({ order, saga, done }: ActionsProps) {
  if (!mayAct()) return null;
  const canCancel = order.status === 'PLACED' && saga.status === 'RUNNING';
  const isStuck = saga.status === 'COMPENSATION_FAILED';
  return (
    <div class="buttons">
      {canCancel && (
        <button type="button" onClick={() => propose(cancel(order, done))}>
          Cancel order…
        </button>
      )}
      {(saga.status === 'RUNNING' || saga.status === 'COMPENSATING' || isStuck) && (
        <button type="button" onClick={() => propose(operate('retry', order, saga, done))}>
          Retry…
        </button>
      )}
      {isStuck && (
        <button type="button" onClick={() => propose(operate('skip', order, saga, done))}>
          Skip…
        </button>
      )}
      {isStuck && (
        <button type="button" onClick={() => propose(operate('force', order, saga, done))}>
          Force…
        </button>
      )}
    </div>
  );
}

function cancel({ id }: OrderBody, done: () => void) {
  return {
    title: 'Cancel this order',
    explain:
      'As if the customer had asked: what was done is undone, step by step, and the reason is shown to the customer.',
    verb: 'Cancel the order',
    asks: 'who and why' as const,
    isDangerous: true,
    run: async (operator: { who: string; why: string }, key: string) => {
      await act('order', `/admin/sagas/${id}/cancel`, operator, key);
      done();
    },
  };
}

const EXPLAINED: Readonly<Record<'retry' | 'skip' | 'force', (step: string) => string>> = {
  retry: (step) =>
    `The command of "${step}" that nobody has answered is sent again, with all its attempts. Nothing is done twice.`,
  skip: (step) =>
    `The effect of "${step}" stays in place: what it holds, such as money, stays held until somebody gives it back by hand. The other steps are undone.`,
  force: (step) =>
    `You vouch that "${step}" has been done, or undone, by hand. The saga continues as if its service had said so.`,
};

function operate(action: 'retry' | 'skip' | 'force', { id }: OrderBody, saga: SagaBody, done: () => void) {
  const step = words(saga.step);
  return {
    title: `${action[0]?.toUpperCase()}${action.slice(1)} "${step}"`,
    explain: EXPLAINED[action](step),
    verb: `${action[0]?.toUpperCase()}${action.slice(1)}`,
    asks: 'who and why' as const,
    isDangerous: action !== 'retry',
    run: async (operator: { who: string; why: string }, key: string) => {
      await act('order', `/admin/sagas/${id}/${action}`, operator, key);
      done();
    },
  };
}
