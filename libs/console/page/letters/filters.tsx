import { SERVICES } from '../api.js';
import { isoOf, localOf } from '../format.js';
import { fieldOf } from '../parts/form.js';
import { go, hrefOf, query } from '../router.js';
import { FIELDS, filterIn } from './letter-filter.js';

/** Filled in by hand; the others come with a group, and can be taken away. */
const TYPED = { error: 'Part of the error', type: 'Message type', topic: 'Topic', key: 'Key' } as const;
const GIVEN = ['fingerprint', 'handler', 'ids'] as const;

/** Which letters: of one service, to do something with all of them, or of all, by groups. In the address, so it can be sent to a colleague. */
export function LetterFilters() {
  const given = query.value;
  const filter = filterIn(given);
  const service = given.get('service') ?? '';
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const typed = Object.keys(TYPED).map((name) => [name, fieldOf(event, name)]);
    const times = ['since', 'until'].map((name) => [name, isoOf(fieldOf(event, name))]);
    const kept = GIVEN.map((name) => [name, filter[name]]);
    go(
      hrefOf('/dead-letters', {
        service: fieldOf(event, 'service'),
        ...Object.fromEntries([...typed, ...times, ...kept]),
      }),
    );
  };
  return (
    <form class="filters" role="search" key={given.toString()} onSubmit={submit}>
      <label>
        <span class="unseen">Service</span>
        <select name="service" defaultValue={service}>
          <option value="">all services</option>
          {SERVICES.map((name) => (
            <option value={name} selected={name === service}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {Object.entries(TYPED).map(([name, label]) => (
        <label class="typed">
          <span class="unseen">{label}</span>
          <input
            type="search"
            name={name}
            placeholder={label}
            spellcheck={false}
            defaultValue={given.get(name) ?? ''}
          />
        </label>
      ))}
      {(['since', 'until'] as const).map((name) => (
        <label class="inline">
          {name === 'since' ? 'from' : 'until'}
          <input type="datetime-local" name={name} step="1" defaultValue={localOf(given.get(name) ?? '')} />
        </label>
      ))}
      <button type="submit">Search</button>
      {GIVEN.map(
        (name) =>
          filter[name] !== undefined && (
            <span class="given">
              {name} <code>{filter[name]}</code>
              <a
                href={hrefOf('/dead-letters', { ...Object.fromEntries(given), [name]: '', cursor: '', run: '' })}
                aria-label={`Whatever the ${name}`}
              >
                ×
              </a>
            </span>
          ),
      )}
      {(service !== '' || FIELDS.some((name) => filter[name] !== undefined)) && (
        <a class="clear" href={hrefOf('/dead-letters')}>
          All letters
        </a>
      )}
    </form>
  );
}
