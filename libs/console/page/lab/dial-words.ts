/** What a dial of the lab is to a person. */
export interface DialWords {
  readonly title: string;
  /** What happens, and what Waybill does about it. */
  readonly tells: string;
  readonly group: (typeof GROUPS)[number];
  readonly settings?: Readonly<Record<string, SettingWords>>;
  /** What it counts: one, and several. */
  readonly counts: readonly [string, string];
}

interface SettingWords {
  readonly label: string;
  /** A value, where it isn't told as it is. */
  readonly value?: (value: string) => string;
}

export const GROUPS = ['Load', 'Processes', 'Broker', 'Database', 'Payment provider and carrier', 'Messages'] as const;

const seconds = (value: string): string => `${value} s`;
const percent = (value: string): string => `${value} %`;
const milliseconds = (value: string): string => (Number(value) < 1_000 ? `${value} ms` : `${Number(value) / 1_000} s`);
const topic: SettingWords = { label: 'Topic', value: (value) => (value === 'all' ? 'all topics' : value) };
const provider: SettingWords = {
  label: 'Which',
  value: (value) => (value === 'payments' ? 'payment provider' : value),
};
const share: SettingWords = { label: 'Calls', value: percent };

const WORDS: Readonly<Record<string, DialWords>> = {
  load: {
    title: 'Place orders',
    tells: 'Customers, who try again until they are answered. Faults show little while nothing happens.',
    group: 'Load',
    settings: {
      rate: { label: 'Orders', value: (value) => `${value} a second` },
      orders: { label: 'Outcome', value: (value) => (value === 'good' ? 'all go well' : 'half go wrong') },
    },
    counts: ['order placed', 'orders placed'],
  },
  'kill-app': {
    title: 'Kill an app',
    tells:
      'SIGKILL, again and again. It is started again and works on from what it had committed. The order app serves this page, too.',
    group: 'Processes',
    settings: { app: { label: 'App' }, every: { label: 'Every', value: seconds } },
    counts: ['kill', 'kills'],
  },
  'pause-app': {
    title: 'Pause an app',
    tells:
      'It stands still without knowing, as in a long garbage collection: its lease and its lanes go to others. The order app serves this page, too.',
    group: 'Processes',
    settings: { app: { label: 'App' } },
    counts: ['pause', 'pauses'],
  },
  'broker-away': {
    title: 'Stop the broker',
    tells: 'Orders are accepted into the outbox, and published once it is back.',
    group: 'Broker',
    counts: ['outage', 'outages'],
  },
  'drop-connections': {
    title: 'Drop connections',
    tells: 'All of the broker’s at once: what was in flight may have arrived, or not.',
    group: 'Broker',
    settings: { every: { label: 'Every', value: seconds } },
    counts: ['time', 'times'],
  },
  'refuse-topic': {
    title: 'Refuse a topic',
    tells: 'Its rows wait in the outbox; the other topics don’t notice.',
    group: 'Broker',
    settings: { topic },
    counts: ['batch refused', 'batches refused'],
  },
  'deliver-twice': {
    title: 'Deliver twice',
    tells: 'Every batch is written two times. The inbox takes each message once.',
    group: 'Broker',
    settings: { topic },
    counts: ['batch doubled', 'batches doubled'],
  },
  'lose-answers': {
    title: 'Lose acknowledgements',
    tells: 'Written, but the sender never hears of it, and sends again: once a second on each topic.',
    group: 'Broker',
    settings: { topic },
    counts: ['answer lost', 'answers lost'],
  },
  'slow-broker': {
    title: 'Slow broker',
    tells: 'Every write waits, and those behind it: batches grow.',
    group: 'Broker',
    settings: { delay: { label: 'Each by', value: milliseconds } },
    counts: ['batch delayed', 'batches delayed'],
  },
  'database-away': {
    title: 'Take PostgreSQL away',
    tells: 'Nothing can be committed, so nothing is acknowledged: messages wait, orders are refused.',
    group: 'Database',
    counts: ['outage', 'outages'],
  },
  'slow-provider': {
    title: 'Slow calls',
    tells: 'Fewer are made at once, and other messages aren’t held up.',
    group: 'Payment provider and carrier',
    settings: { provider, share, delay: { label: 'Each by', value: milliseconds } },
    counts: ['call slowed', 'calls slowed'],
  },
  'failing-provider': {
    title: 'Failing calls',
    tells: 'Repeated with the same key. Failing after it has acted, it has charged, and won’t charge again.',
    group: 'Payment provider and carrier',
    settings: {
      provider,
      share,
      moment: { label: 'Fails', value: (value) => (value === 'before' ? 'before it acts' : 'after it has acted') },
    },
    counts: ['call failed', 'calls failed'],
  },
  'poison-message': {
    title: 'Send a poison message',
    tells: 'A command that nobody can read. It becomes a dead letter, and holds up no order.',
    group: 'Messages',
    settings: { to: { label: 'To' }, fault: { label: 'What is wrong' } },
    counts: ['message sent', 'messages sent'],
  },
};

/** Of a dial that the page doesn't know, too: a lab may be newer. */
export function wordsFor(name: string): DialWords {
  return WORDS[name] ?? { title: name, tells: '', group: 'Messages', counts: ['time', 'times'] };
}

/** `order, every 10 s`: what it was set to. */
export function settingsInWords(name: string, settings: Readonly<Record<string, string>>): string {
  const { settings: words = {} } = wordsFor(name);
  return Object.entries(settings)
    .map(([setting, value]) => {
      const said = words[setting]?.value?.(value) ?? value;
      return setting === 'every' || setting === 'delay' ? `${words[setting]?.label.toLowerCase()} ${said}` : said;
    })
    .join(', ');
}

/** `3 kills`. */
export function didInWords(name: string, did: number): string {
  const [one, several] = wordsFor(name).counts;
  return `${new Intl.NumberFormat('en').format(did)} ${did === 1 ? one : several}`;
}
