import type { Metrics } from '@waybill/observability';

import type { ConsumerObserver } from '../consumer/consumer-observer.js';

/** Counts what the consumer does, for Prometheus. */
export function consumerMetrics(metrics: Metrics, group: string): ConsumerObserver {
  const handled = metrics.counter('waybill_consumer_messages_total', 'Messages that left the consumer', ['group']);
  const settled = metrics.counter(
    'waybill_consumer_settled_total',
    'Messages of a topic that a handler has dealt with',
    ['group', 'topic'],
  );
  const batches = metrics.histogram('waybill_consumer_batch_seconds', 'Time of one batch, begin to commit', ['group']);
  const skipped = metrics.counter('waybill_consumer_skipped_total', 'Records of types nobody here handles', [
    'group',
    'topic',
    'why',
  ]);
  const failures = metrics.counter('waybill_consumer_failures_total', 'Failed attempts by what was decided', [
    'group',
    'handler',
    'decision',
  ]);
  const interrupted = metrics.counter('waybill_consumer_interruptions_total', 'Batches done again', ['group']);
  const deaths = metrics.counter('waybill_consumer_deaths_total', 'Deaths of processes that were noticed', ['group']);
  const limits = metrics.gauge('waybill_consumer_call_limit', 'Calls of a handler that may be in flight at once', [
    'group',
    'handler',
  ]);
  const down = metrics.gauge('waybill_consumer_dependency_down', '1 while messages wait for what a handler calls', [
    'group',
    'handler',
  ]);
  return {
    onBatch: ({ messages, durationMs, settled: byTopic }) => {
      handled.inc({ group }, messages);
      for (const [topic, count] of byTopic) settled.inc({ group, topic }, count);
      batches.observe({ group }, durationMs / 1_000);
    },
    onSkipped: ({ topic, why }) => skipped.inc({ group, topic, why }),
    onFailure: ({ handler, decision }) => failures.inc({ group, handler: handler ?? 'none', decision: decision.kind }),
    onInterrupted: () => interrupted.inc({ group }),
    onCallLimit: ({ handler, limit, isDown }) => {
      limits.set({ group, handler }, limit);
      down.set({ group, handler }, isDown ? 1 : 0);
    },
    onDeath: () => deaths.inc({ group }),
  };
}
