import { useState } from 'preact/hooks';

import { askLab, mayAct, Refusal } from '../api.js';
import { now } from '../live.js';
import { fieldOf } from '../parts/form.js';
import { Failed } from '../parts/notice.js';
import { useEachSecond } from '../use-each-second.js';
import { useResource } from '../use-resource.js';
import { didInWords, GROUPS, settingsInWords, wordsFor } from './dial-words.js';

interface Dial {
  readonly name: string;
  readonly kind: 'held' | 'once';
  readonly choices: Readonly<Record<string, readonly string[]>>;
  readonly unavailable: string | null;
  readonly active: {
    readonly settings: Readonly<Record<string, string>>;
    readonly since: string;
    readonly until: string;
  } | null;
  readonly did: number;
}

const LENGTHS = [30, 10, 60, 120];

/** What can be broken, what is, and for how long. */
export function Dials() {
  const known = useResource('dials', (signal) => askLab<{ dials: readonly Dial[] }>('/faults', { signal }));
  useEachSecond(known);
  const dials = known.value?.dials;
  return (
    <section class="dials" aria-label="Faults">
      {known.refusal && <Failed what="The lab can't be asked." refusal={known.refusal} again={known.refresh} />}
      {dials &&
        GROUPS.map((group) => {
          const ofGroup = dials.filter(({ name }) => wordsFor(name).group === group);
          if (ofGroup.length === 0) return null;
          return (
            <section aria-label={group} key={group}>
              <h2>{group}</h2>
              <ul>
                {ofGroup.map((dial) => (
                  <Row key={dial.name} dial={dial} changed={known.refresh} />
                ))}
              </ul>
            </section>
          );
        })}
    </section>
  );
}

function Row({ dial, changed }: { readonly dial: Dial; readonly changed: () => void }) {
  const { name, unavailable, active } = dial;
  const { title, tells } = wordsFor(name);
  const [refusal, setRefusal] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const change = async (method: 'POST' | 'DELETE', body?: unknown): Promise<void> => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await askLab(`/faults/${name}`, { method, ...(body === undefined ? {} : { body }) });
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, 'PAGE_FAULT', String(error)));
    }
    setBusy(false);
    changed();
  };
  return (
    <li class={`dial ${active ? 'active' : ''}`} aria-label={title}>
      <div class="says">
        <h3>{title}</h3>
        <p class="hint">{tells}</p>
      </div>
      {active ? (
        <Held dial={dial} active={active} busy={busy} end={() => void change('DELETE')} />
      ) : unavailable !== null ? (
        <p class="hint unavailable">{unavailable}</p>
      ) : (
        <Settings dial={dial} busy={busy} begin={(body) => void change('POST', body)} />
      )}
      {refusal && <Failed what="Not done." refusal={refusal} />}
    </li>
  );
}

interface HeldProps {
  readonly dial: Dial;
  readonly active: NonNullable<Dial['active']>;
  readonly busy: boolean;
  readonly end: () => void;
}

function Held({ dial: { name, did }, active: { settings, since, until }, busy, end }: HeldProps) {
  const whole = Date.parse(until) - Date.parse(since);
  const left = Math.max(0, Date.parse(until) - now.value);
  const said = settingsInWords(name, settings);
  return (
    <div class="held-now">
      <p>
        {said !== '' && <strong>{said}</strong>}
        <span>{didInWords(name, did)}</span>
        <span class="left">{left === 0 ? 'ending' : `${Math.ceil(left / 1_000)} s left`}</span>
      </p>
      <progress max={whole} value={left} aria-label={`Time left: ${wordsFor(name).title}`} />
      <button type="button" disabled={busy || !mayAct()} onClick={end} aria-label={`End now: ${wordsFor(name).title}`}>
        End now
      </button>
    </div>
  );
}

interface SettingsProps {
  readonly dial: Dial;
  readonly busy: boolean;
  readonly begin: (body: object) => void;
}

function Settings({ dial: { name, kind, choices, did }, busy, begin }: SettingsProps) {
  const { title, settings: words = {} } = wordsFor(name);
  const disabled = busy || !mayAct();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const settings = Object.keys(choices).map((choice) => ({ name: choice, value: fieldOf(event, choice) }));
    begin({ settings, ...(kind === 'held' ? { seconds: Number(fieldOf(event, 'seconds')) } : {}) });
  };
  return (
    <form onSubmit={submit}>
      {Object.entries(choices).map(([choice, values]) => (
        <label key={choice}>
          {words[choice]?.label ?? choice}
          <select name={choice} disabled={disabled}>
            {values.map((value) => (
              <option value={value}>{words[choice]?.value?.(value) ?? value}</option>
            ))}
          </select>
        </label>
      ))}
      {kind === 'held' && (
        <label>
          For
          <select name="seconds" disabled={disabled}>
            {LENGTHS.map((seconds) => (
              <option value={seconds}>{seconds} s</option>
            ))}
          </select>
        </label>
      )}
      <button type="submit" class="begin" disabled={disabled} aria-label={`Begin: ${title}`}>
        {kind === 'held' ? 'Begin' : 'Send'}
      </button>
      {did > 0 && <small class="last">last time {didInWords(name, did)}</small>}
    </form>
  );
}
