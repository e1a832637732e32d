import type { ServiceName } from '../api.js';
import { count, duration } from '../format.js';

/** What a rule is about, in words, and where one mends it. */
export interface Remedy {
  readonly title: string;
  /** Of the rule's metric. */
  readonly amount: (value: number) => string;
  readonly todo: string;
  /** Where docs/operations.md says more. */
  readonly section?: string;
  readonly place?: Place;
  /** What the command line has for it, after `npm run waybill --`. */
  readonly command?: (service: ServiceName) => string;
}

interface Place {
  readonly name: string;
  readonly screen: (service: ServiceName, labels: Labels) => string;
  /** Where it shows one service. */
  readonly isOfService?: true;
}

export type Labels = Readonly<Record<string, string>>;

const seconds = (value: number): string => duration(value * 1_000);
const things =
  (one: string, many = `${one}s`) =>
  (value: number): string =>
    `${count(value)} ${value === 1 ? one : many}`;

const letters: Place = { name: 'Dead letters', screen: () => '/dead-letters', isOfService: true };
const health: Place = { name: 'Health', screen: (service) => `/flow/health/${service}` };
const lanes: Place = { name: 'Lanes', screen: (service, { topic = '' }) => `/flow/lanes/${service}/${topic}` };
const outbox: Place = { name: 'Outbox', screen: (service, { topic = '' }) => `/flow/outbox/${service}/${topic}` };

/** By the names of the rules in docs/metrics.md. */
export const REMEDIES: Readonly<Record<string, Remedy>> = {
  'dead-letters': {
    title: 'Dead letters wait',
    amount: things('dead letter'),
    todo: 'Orders wait for them. Look at the groups, repair the cause, then replay: a dry run first, then a canary.',
    section: 'Dead letters',
    place: letters,
  },
  'dead-letters-growing': {
    title: 'Messages die fast',
    amount: (value) => `${things('new dead letter')(value)} within five minutes`,
    todo: 'Something has just changed: a deploy, or what the handlers call. Repair it before you replay anything.',
    section: 'Dead letters',
    place: letters,
  },
  'forged-messages': {
    title: 'Forged messages were refused',
    amount: things('message'),
    todo: 'They are not what they say they are. Nothing has moved. Find out who wrote them, then discard them.',
    section: 'Forged messages',
    place: letters,
  },
  'parked-key-old': {
    title: 'A key has been parked for long',
    amount: seconds,
    todo: 'Its later messages wait behind one that failed: replay or discard that letter.',
    section: 'Dead letters',
    place: { name: 'Parked keys', screen: (service) => `/flow/parked/${service}` },
  },
  'outbox-old': {
    title: 'Messages are not being published',
    amount: seconds,
    todo: 'They are safe, and go out once the broker takes them. Is it up, and does the topic exist?',
    section: 'Outbox',
    place: outbox,
    command: (service) => `outbox --service ${service}`,
  },
  'outbox-refused': {
    title: 'The broker refuses a message for good',
    amount: things('message'),
    todo: "Its key waits. Raise the topic's limit and retry it, or discard it if what it says was done by hand.",
    section: 'Outbox',
    place: { name: 'Order', screen: (_service, { key = '' }) => `/orders/${encodeURIComponent(key)}` },
    command: (service) => `outbox --service ${service}`,
  },
  'consumer-lag': {
    title: 'Messages wait to be handled',
    amount: seconds,
    todo: 'If the service is ready and the lag grows, start more processes of it; if it does not shrink at all, see its log.',
    section: 'Lag',
    place: lanes,
    command: (service) => `topics --service ${service}`,
  },
  'consumer-down': {
    title: 'A consumer cannot work',
    amount: seconds,
    todo: 'It does not recover by itself. Readiness and the log of the service say why.',
    section: 'Lag',
    place: health,
    command: (service) => `doctor --service ${service}`,
  },
  'lane-still': {
    title: 'A lane stands still',
    amount: seconds,
    todo: 'Everything behind one record waits. Repair what it waits for: its payload store, its database, its handler.',
    section: 'Lanes',
    place: lanes,
    command: (service) => `doctor --service ${service}`,
  },
  'lane-issue': {
    title: 'Records were lost, or cannot be read',
    amount: things('issue'),
    todo: 'Find out what is missing, e.g. from the outboxes of the senders, make up for it, then settle it.',
    section: 'Lanes',
    place: lanes,
    command: (service) => `lanes --service ${service}`,
  },
  'broker-dead-letters': {
    title: 'The broker has given up records',
    amount: things('record'),
    todo: 'They lie in a queue of its own, and nobody handles them. Repair the cause and redrive the queue.',
    section: 'What the broker gave up',
    command: (service) => `topics --service ${service} --json`,
  },
  'compensation-failed': {
    title: 'Orders cannot be undone without you',
    amount: things('saga'),
    todo: 'An undo did not succeed, such as a refund. Repair the cause and retry; skip or force only what was settled by hand.',
    section: 'Sagas',
  },
  'deadline-held': {
    title: 'Answers have not been read in time',
    amount: seconds,
    todo: 'Orders are past a deadline, and none is undone while answers may wait at the broker. It ends once they are read.',
    section: 'Lag',
    place: health,
  },
  'projection-lag': {
    title: 'A list lacks what has happened',
    amount: seconds,
    todo: 'Orders are not held up. The reason is in the list of projections: a failing function, or an open transaction.',
    section: 'Projections',
    command: () => 'projections',
  },
  unwatched: {
    title: 'Nothing was measured',
    amount: seconds,
    todo: 'The service was down, or its database was away. What happened meanwhile is not known, and nobody was alerted.',
  },
};

/** `group=payment topic=payment.commands` by its labels. */
export function labelsOf(subject: string): Labels {
  return Object.fromEntries(
    subject.split(/ (?=\w+=)/).flatMap((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [] : [[pair.slice(0, at), pair.slice(at + 1)]];
    }),
  );
}
