import { SERVICES } from '../api.js';
import { ask, query } from '../router.js';

const SINCE = { '1h': 'hour', '24h': '24 hours', '7d': '7 days' } as const;
const HOURS: Readonly<Record<string, number>> = { '1h': 1, '24h': 24, '7d': 168 };

/** The time that the address asks for; `undefined`: any. */
export function sinceOf(filter: URLSearchParams): string | undefined {
  const hours = HOURS[filter.get('since') ?? ''];
  return hours === undefined ? undefined : new Date(Date.now() - hours * 3_600_000).toISOString();
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly all: string;
  readonly options: readonly (readonly [value: string, text: string])[];
}

/** One of several, kept in the address. */
export function Choice({ name, label, all, options }: ChoiceProps) {
  return (
    <label>
      <span class="unseen">{label}</span>
      <select
        value={query.value.get(name) ?? ''}
        onChange={({ currentTarget }) => ask({ [name]: currentTarget.value })}
      >
        <option value="">{all}</option>
        {options.map(([value, text]) => (
          <option value={value}>{text}</option>
        ))}
      </select>
    </label>
  );
}

export const ServiceChoice = () => (
  <Choice name="service" label="Service" all="all services" options={SERVICES.map((service) => [service, service])} />
);

export const SinceChoice = () => (
  <Choice
    name="since"
    label="When"
    all="at any time"
    options={Object.entries(SINCE).map(([value, text]) => [value, `in the last ${text}`])}
  />
);
