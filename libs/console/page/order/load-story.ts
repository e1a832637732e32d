import { questionsAbout } from '@waybill/order-story';
import type { StoryParts } from '@waybill/order-story';

import { ask, learn } from '../api.js';
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

export interface LoadedStory extends StoryParts {
  readonly order: OrderBody;
  readonly saga: SagaBody;
  /** Services that couldn't say all they know, and why. */
  readonly silent: readonly { readonly service: ServiceName; readonly why: string }[];
}

const NO_PAGE = { items: [], nextCursor: null };

/** Asks the four services. @throws Refusal where the order service doesn't know the order, or can't say */
export async function loadStory(id: string, signal: AbortSignal): Promise<LoadedStory> {
  const [order, saga, timeline] = await Promise.all([
    ask<OrderBody>('order', `/orders/${id}`, signal),
    ask<SagaBody>('order', `/admin/sagas/${id}`, signal),
    ask<readonly TimelineEntry[]>('order', `/admin/sagas/${id}/timeline`, signal),
  ]);
  const questions = questionsAbout(id, timeline);
  const answers = await Promise.all(
    questions.map(({ service, sent, taken, letters, parked }) =>
      Promise.all([
        learn(ask<readonly OutboxMessage[]>(service, sent, signal)),
        taken === undefined ? { value: [] } : learn(ask<readonly InboxEntry[]>(service, taken, signal)),
        learn(ask<Page<LetterSummary>>(service, letters, signal)),
        learn(ask<Page<ParkedKey>>(service, parked, signal)),
      ]),
    ),
  );
  const of = (index: number): ServiceName => questions[index]?.service ?? 'order';
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

function valueOf<Value>(learnt: Learnt<Value>, otherwise: Value): Value {
  return 'value' in learnt ? learnt.value : otherwise;
}
