import type { Database, Transaction } from '@waybill/database';
import type { OutsideCalls, ReceivedMessage } from '@waybill/messaging';

type Prepare<Data> = (
  messages: readonly ReceivedMessage<Data>[],
  tx: Transaction,
) => Promise<OutsideCalls<unknown, Transaction, Data>>;

/**
 * What the consumer does with a handler that calls outside: prepare, call, conclude what was answered.
 * @returns what the other calls failed with.
 */
export async function makeCalls<Data>(
  database: Database,
  messages: readonly ReceivedMessage<Data>[],
  prepare: Prepare<Data>,
): Promise<readonly unknown[]> {
  const plan = await database.transaction((tx) => prepare(messages, tx));
  const { signal } = new AbortController();
  const results = await Promise.allSettled(plan.calls.map((call) => call(signal)));
  const called = messages.flatMap((message, index) => {
    const result = results[index];
    return result?.status === 'fulfilled' ? [{ message, result: result.value }] : [];
  });
  if (called.length > 0) await database.transaction((tx) => plan.conclude(called, tx));
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
}
