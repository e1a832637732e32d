import { ask, learn, SERVICES } from '../api.js';
import type { Learnt, ServiceName } from '../api.js';
import type {
  InboxEntry,
  LetterSummary,
  OrderBody,
  OutboxMessage,
  Page,
  ParkedKey,
  SagaBody,
  TimelineEntry,
} from '../bodies.js';
import type { StoryParts } from './story.js';

export interface LoadedStory extends StoryParts {
  /** Services that couldn't say all they know, and why. */
  readonly silent: readonly { readonly service: ServiceName; readonly why: string }[];
}

const PARTICIPANTS: readonly ServiceName[] = ['payment', 'inventory', 'shipping'];
const MOST_IDS = 200;
const NO_PAGE = { items: [], nextCursor: null };

/** Asks the four services. @throws Refusal where the order service doesn't know the order, or can't say */
export async function loadStory(id: string, signal: AbortSignal): Promise<LoadedStory> {
  const [order, saga, timeline] = await Promise.all([
    ask<OrderBody>('order', `/orders/${id}`, signal),
    ask<SagaBody>('order', `/sagas/${id}`, signal),
    ask<readonly TimelineEntry[]>('order', `/admin/sagas/${id}/timeline`, signal),
  ]);
  const idsOf = (kind: TimelineEntry['kind']) =>
    timeline
      .flatMap((entry) => (entry.kind === kind && entry.messageId !== null ? [entry.messageId] : []))
      .slice(-MOST_IDS);
  const [commands, events] = [idsOf('command'), idsOf('event')];
  const answers = await Promise.all(
    SERVICES.map((service) => {
      const [sent, taken] = service === 'order' ? [commands, events] : [events, commands];
      const sources = (service === 'order' ? PARTICIPANTS : (['order'] as const)).map((name) => `/${name}`);
      return Promise.all([
        learn(ask<readonly OutboxMessage[]>(service, `/admin/outbox/messages?${idsQuery(sent)}key=${id}`, signal)),
        taken.length === 0
          ? { value: [] }
          : learn(
              ask<readonly InboxEntry[]>(service, `/admin/inbox?sources=${sources.join()}&ids=${taken.join()}`, signal),
            ),
        learn(ask<Page<LetterSummary>>(service, `/admin/dead-letters?state=any&key=${id}&limit=200`, signal)),
        learn(ask<Page<ParkedKey>>(service, `/admin/parked-keys?key=${id}&limit=20`, signal)),
      ]);
    }),
  );
  const of = (index: number): ServiceName => SERVICES[index] ?? 'order';
  return {
    order,
    saga,
    timeline,
    sent: answers.flatMap(([sent]) => valueOf(sent, [])),
    taken: answers.flatMap(([, taken], index) => valueOf(taken, []).map((entry) => ({ ...entry, service: of(index) }))),
    letters: answers.flatMap(([, , letters], index) =>
      valueOf(letters, NO_PAGE).items.map((letter) => ({ ...letter, service: of(index) })),
    ),
    parked: answers.flatMap(([, , , parked], index) =>
      valueOf(parked, NO_PAGE).items.map((key) => ({ ...key, service: of(index) })),
    ),
    silent: answers.flatMap((parts, index) => {
      const refused = parts.find((part) => 'refusal' in part);
      return refused && 'refusal' in refused ? [{ service: of(index), why: refused.refusal.message }] : [];
    }),
  };
}

function idsQuery(ids: readonly string[]): string {
  return ids.length === 0 ? '' : `ids=${ids.join()}&`;
}

function valueOf<Value>(learnt: Learnt<Value>, otherwise: Value): Value {
  return 'value' in learnt ? learnt.value : otherwise;
}
