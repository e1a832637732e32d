export interface Batches {
  readonly messages: number;
  readonly batches: number;
  readonly seconds: number;
}

/** What each app's consumer has done so far, from its own metrics. */
export async function batchesByApp(
  urls: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlyMap<string, Batches>> {
  return new Map(
    await Promise.all(
      [...urls].map(async ([app, replicas]): Promise<[string, Batches]> => {
        const text = (await Promise.all(replicas.map(async (url) => (await fetch(`${url}/metrics`)).text()))).join(
          '\n',
        );
        return [
          app,
          {
            messages: valueOf(text, 'waybill_consumer_messages_total'),
            batches: valueOf(text, 'waybill_consumer_batch_seconds_count'),
            seconds: valueOf(text, 'waybill_consumer_batch_seconds_sum'),
          },
        ];
      }),
    ),
  );
}

/** Summed over the replicas. */
function valueOf(text: string, metric: string): number {
  return [...text.matchAll(new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  );
}
