import type { TimelineEntry } from './bodies.js';

const PARTICIPANTS = ['payment', 'inventory', 'shipping'] as const;
const SERVICES = ['order', ...PARTICIPANTS] as const;
const MOST_IDS = 200;
const MOST_LETTERS = 200;
const MOST_PARKED = 20;

/** Where a service's admin API says what it knows of an order's messages; below its address. */
export interface Questions {
  readonly service: (typeof SERVICES)[number];
  readonly sent: string;
  /** Absent where it can't have taken any. */
  readonly taken: string | undefined;
  readonly letters: string;
  readonly parked: string;
}

/**
 * What to ask of each service: for the messages that the order service's timeline names, the newest 200 of each kind, for what waits in the
 * outbox with the order's key, and for the letters and
 * parked keys of the order.
 */
export function questionsAbout(orderId: string, timeline: readonly TimelineEntry[]): readonly Questions[] {
  const idsOf = (kind: TimelineEntry['kind']): readonly string[] =>
    timeline
      .flatMap((entry) => (entry.kind === kind && entry.messageId !== null ? [entry.messageId] : []))
      .slice(-MOST_IDS);
  const [commands, events] = [idsOf('command'), idsOf('event')];
  return SERVICES.map((service) => {
    const [sent, taken] = service === 'order' ? [commands, events] : [events, commands];
    const sources = (service === 'order' ? PARTICIPANTS : ['order']).map((name) => `/${name}`);
    const ids = sent.length === 0 ? '' : `ids=${sent.join()}&`;
    return {
      service,
      sent: `/admin/outbox/messages?${ids}key=${orderId}`,
      taken: taken.length === 0 ? undefined : `/admin/inbox?sources=${sources.join()}&ids=${taken.join()}`,
      letters: `/admin/dead-letters?state=any&key=${orderId}&limit=${MOST_LETTERS}`,
      parked: `/admin/parked-keys?key=${orderId}&limit=${MOST_PARKED}`,
    };
  });
}
