export interface Batches {
  readonly messages: number;
  readonly batches: number;
  readonly seconds: number;
}

/** What each app's consumer has done so far, from its own metrics. */
export async function batchesByApp(urls: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, Batches>> {
  return new Map(
    await Promise.all(
      [...urls].map(async ([app, url]): Promise<[string, Batches]> => {
        const text = await (await fetch(`${url}/metrics`)).text();
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

function valueOf(text: string, metric: string): number {
  return Number(new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
}
