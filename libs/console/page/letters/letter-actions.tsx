import { act, Refusal } from '../api.js';
import type { ServiceName } from '../api.js';
import type { Letter, ReplayReport } from '../bodies.js';
import { propose } from '../parts/propose.js';

interface LetterActionsProps {
  readonly service: ServiceName;
  /** `behind`: how many messages wait for it, where that is known. */
  readonly letter: { readonly id: string; readonly behind?: number };
  readonly done: () => void;
  /** Absent where its payload isn't shown. */
  readonly reveal?: (letter: Letter) => void;
  /** Its payload has been changed on the page, and not kept: a replay would run the old one. */
  readonly isChanged?: boolean;
}

/** What one can do about a dead letter. */
export function LetterActions({
  service,
  letter: { id, behind },
  done,
  reveal,
  isChanged = false,
}: LetterActionsProps) {
  const filter = { ids: [id] };
  const follow =
    behind === undefined
      ? ' What waits behind it follows.'
      : behind > 0
        ? ` ${behind} messages that wait behind it follow.`
        : '';
  return (
    <div class="buttons">
      {reveal && (
        <button
          type="button"
          onClick={() =>
            propose({
              title: `Reveal and edit letter ${id}`,
              explain:
                'Shows the payload as it came, with personal data, so that it can be edited. Your name and reason are kept with the letter.',
              verb: 'Reveal',
              asks: 'who and why',
              run: async (operator) => reveal(await act<Letter>(service, `/admin/dead-letters/${id}/reveal`, operator)),
            })
          }
        >
          Reveal and edit…
        </button>
      )}
      <button
        type="button"
        disabled={isChanged}
        title={isChanged ? 'Runs the payload that is stored: “Edit and run” the change, or undo it' : undefined}
        onClick={() =>
          propose({
            title: `Replay letter ${id}`,
            explain: `Its handler runs again, and takes effect once.${follow}`,
            verb: 'Replay',
            asks: 'who and why',
            run: async (operator, key) => {
              const body = { ...operator, filter, limit: 1, wait: 20 };
              const report = await act<ReplayReport>(service, '/admin/dead-letters/replay', body, key);
              done();
              const [failure] = report.failures;
              if (failure) throw new Refusal(409, 'FAILED_AGAIN', failure.error ?? 'It failed again.');
            },
          })
        }
      >
        Replay…
      </button>
      <button
        type="button"
        onClick={() =>
          propose({
            title: `Discard letter ${id}`,
            explain: `It is given up, and can't be replayed any more.${follow}`,
            verb: 'Discard',
            asks: 'who and why',
            isDangerous: true,
            run: async (operator, key) => {
              await act(service, '/admin/dead-letters/discard', { ...operator, filter, limit: 1 }, key);
              done();
            },
          })
        }
      >
        Discard…
      </button>
    </div>
  );
}
