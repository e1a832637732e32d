import { mayAct } from '../api.js';
import { count } from '../format.js';
import { Failed } from '../parts/notice.js';
import { SIDE_NAMES, SIDES } from './lesson.js';
import type { Lesson, Run, Step } from './lesson.js';
import { Picture } from './picture.js';
import { usePlayback } from './playback.js';

/** One lesson: what goes wrong, a button, a picture, a sentence. */
export function LessonCard({ lesson, naive }: { readonly lesson: Lesson; readonly naive: boolean }) {
  const { steps, run, refusal, isPlaying, play } = usePlayback(lesson);
  const sides = SIDES.filter((side) => side === 'waybill' || (run?.naive ?? naive));
  return (
    <article class="lesson" id={lesson.name} aria-labelledby={`${lesson.name}-title`}>
      <header>
        <h2 id={`${lesson.name}-title`}>{lesson.title}</h2>
        <button
          type="button"
          disabled={isPlaying || !mayAct()}
          onClick={() => play(naive)}
          aria-label={`${run === undefined ? 'Run' : 'Run again'}: ${lesson.title}`}
        >
          {isPlaying ? 'Running' : run === undefined ? 'Run' : 'Run again'}
        </button>
        <p class="problem">{lesson.problem}</p>
      </header>
      <ol class="stations" aria-label="Stations">
        {lesson.stations.map(({ id, label }) => (
          <li key={id}>{label}</li>
        ))}
      </ol>
      {sides.map((side) => (
        <Picture key={side} lesson={lesson} side={side} steps={steps} />
      ))}
      <div class="outcome" role="status">
        {refusal && (
          <Failed what={isPlaying ? 'The run can’t be seen.' : 'The lesson can’t be run.'} refusal={refusal} />
        )}
        {!isPlaying && run?.state === 'failed' && <p class="fault">The lesson didn't come to its end. {run.fault}</p>}
        {!isPlaying && run?.result && <Result result={run.result} />}
        {isPlaying && <p class="hint">{steps.at(-1)?.text ?? 'Starting its services'}</p>}
        {run === undefined && !isPlaying && refusal === undefined && <p class="hint">Not run yet.</p>}
      </div>
      <footer>
        {!isPlaying && run !== undefined && <Steps steps={run.steps} />}
        <Reading lesson={lesson} />
      </footer>
    </article>
  );
}

function Result({ result: { facts, naive, waybill } }: { readonly result: NonNullable<Run['result']> }) {
  return (
    <>
      {naive !== undefined && <p class="sentence naive">{naive}</p>}
      <p class="sentence waybill">{waybill}</p>
      <table class="rows facts-of-run">
        <thead>
          <tr>
            <th>Counted</th>
            {naive !== undefined && <th class="number">{SIDE_NAMES.naive}</th>}
            <th class="number">{SIDE_NAMES.waybill}</th>
            <th class="number">should be</th>
          </tr>
        </thead>
        <tbody>
          {facts.map((fact) => (
            <tr key={fact.label}>
              <td>{fact.label}</td>
              {fact.naive !== undefined && (
                <td class={`number ${fact.naive === fact.expected ? '' : 'fault'}`}>{count(fact.naive)}</td>
              )}
              <td class={`number ${fact.waybill === fact.expected ? '' : 'fault'}`}>{count(fact.waybill)}</td>
              <td class="number">{count(fact.expected)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** All that the picture has shown, to read. */
function Steps({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <details class="steps">
      <summary>Step by step ({count(steps.length)})</summary>
      <ol>
        {steps.map(({ at, side, text, mark }) => (
          <li>
            <small>{(at / 1_000).toFixed(2)} s</small>
            <small class={`of ${side}`}>{SIDE_NAMES[side]}</small>
            <span class={mark === 'fault' || mark === 'lost' || mark === 'again' ? 'fault' : ''}>{text}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** Where to read, and where to see it with real orders. */
function Reading({ lesson: { code, docs, screen } }: { readonly lesson: Lesson }) {
  return (
    <dl class="reading">
      <dt>Code</dt>
      <dd>
        <code>{code.naive}</code>
        <code>{code.waybill}</code>
      </dd>
      <dt>Read</dt>
      <dd>
        {docs.map(({ label, path }) => (
          <span key={path}>
            {label} <code>{path}</code>
          </span>
        ))}
      </dd>
      <dt>See</dt>
      <dd>
        <a href={screen.path}>{screen.label}</a>
      </dd>
    </dl>
  );
}
