import type { Broker, Publisher } from '@waybill/messaging';
import type { Metrics } from '@waybill/observability';

/** The same broker; what it takes is counted by topic. */
export function countPublished(
  broker: Pick<Broker, 'createPublisher'>,
  metrics: Pick<Metrics, 'counter'>,
): Pick<Broker, 'createPublisher'> {
  const published = metrics.counter('waybill_outbox_published_total', 'Messages that the broker has taken', ['topic']);
  return {
    async createPublisher(): Promise<Publisher> {
      const publisher = await broker.createPublisher();
      return {
        async publish(records) {
          const outcomes = await publisher.publish(records);
          const taken = new Map<string, number>();
          for (const [index, { topic }] of records.entries()) {
            if (outcomes[index]?.ok === true) taken.set(topic, (taken.get(topic) ?? 0) + 1);
          }
          for (const [topic, messages] of taken) published.inc({ topic }, messages);
          return outcomes;
        },
        close: () => publisher.close(),
      };
    },
  };
}
