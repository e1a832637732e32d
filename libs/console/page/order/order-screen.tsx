import { storyOf } from '@waybill/order-story';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';

import type { SagaBody } from '../bodies.js';
import { duration, money, words } from '../format.js';
import { newestOrders, now } from '../live.js';
import { Copyable } from '../parts/copy.js';
import { Failed } from '../parts/notice.js';
import { Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { hrefOf } from '../router.js';
import { useResource } from '../use-resource.js';
import { Actions } from './actions.js';
import { Letters } from './letters.js';
import { loadStory } from './load-story.js';
import type { LoadedStory } from './load-story.js';
import { SagaLines } from './saga-lines.js';
import { stepLines } from './step-lines.js';
import { timeScale } from './time-scale.js';
import type { Span } from './time-scale.js';
import { Waterfall } from './waterfall.js';

const ENDED: ReadonlySet<SagaBody['status']> = new Set(['COMPLETED', 'COMPENSATED']);

export function OrderScreen({ id }: { readonly id: string }) {
  const story = useResource(id, (signal) => loadStory(id, signal));
  const { value, refresh, isLoading } = story;
  const isOpen = value !== undefined && !ENDED.has(value.saga.status);
  const updatedAt = newestOrders.value?.find((order) => order.id === id)?.updatedAt;
  // What is under way is looked at again once a second, and what has ended when it changes after all.
  useEffect(() => {
    if (!isLoading && isOpen) refresh();
  }, [isOpen, now.value]);
  useEffect(() => {
    if (value !== undefined && updatedAt !== undefined && updatedAt !== value.order.updatedAt) refresh();
  }, [updatedAt]);
  return (
    <section>
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href={hrefOf('/orders')}>Orders</a>
      </nav>
      {story.refusal && <Failed what="The order can't be shown." refusal={story.refusal} again={refresh} />}
      {value === undefined && story.refusal === undefined && <h1>Order {id}</h1>}
      {value !== undefined && <Story story={value} refresh={refresh} />}
    </section>
  );
}

function Story({ story, refresh }: { readonly story: LoadedStory; readonly refresh: () => void }) {
  const { order, saga, silent, letters } = story;
  const isOpen = !ENDED.has(saga.status);
  const { rows, lines, scale } = useMemo(() => {
    const rows = storyOf(story, Date.now());
    const lines = stepLines(saga, rows);
    const spans = rows.flatMap((row): readonly Span[] =>
      row.kind === 'point' ? [{ from: row.at, to: row.at }] : row.segments,
    );
    return { rows, lines, scale: timeScale(spans) };
  }, [story]);
  return (
    <>
      <div class="title">
        <h1>
          Order <Status of={order.status} />{' '}
          {saga.status === 'COMPENSATION_FAILED' && <span class="status bad">needs an operator</span>}
        </h1>
        <Actions order={order} saga={saga} done={refresh} />
      </div>
      <dl class="facts">
        <Fact name="Id">
          <Copyable text={order.id} />
        </Fact>
        <Fact name="Customer">
          <a href={hrefOf('/orders', { q: order.customerId })}>{order.customerId}</a>
        </Fact>
        <Fact name="Items">{order.items.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')}</Fact>
        <Fact name="Total">{money(order.total)}</Fact>
        <Fact name="Placed">
          <Time at={order.placedAt} />
        </Fact>
        <Fact name={isOpen ? 'Under way for' : 'Took'}>
          {duration((isOpen ? now.value : Date.parse(order.updatedAt)) - Date.parse(order.placedAt))}
        </Fact>
        {order.failure && (
          <Fact name="Why">
            {order.failure.message} <span class="why">at {words(order.failure.step)}</span>
          </Fact>
        )}
      </dl>
      {silent.map(({ service, why }) => (
        <p class="notice warn">
          <strong>What the {service} service knows of this order is missing below.</strong> {why}
        </p>
      ))}
      <SagaLines saga={saga} lines={lines} scale={scale} />
      <Letters letters={letters} />
      <Waterfall rows={rows} story={story} scale={scale} refresh={refresh} />
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
