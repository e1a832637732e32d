import type { Broker, BrokerRecord } from '@waybill/messaging';

import type { Stage } from './stage.js';
import { dataOf } from './wire.js';
import type { LessonData } from './wire.js';

export interface NaiveConsumer {
  /** Repeatable. @throws what it has stopped at, if it has stopped by itself */
  close(): Promise<void>;
}

interface Options<Data> {
  readonly topic: string;
  readonly handle: (data: Data, record: BrokerRecord) => Promise<void>;
  /** Asked after a failure: whether to try again. */
  readonly onFailure?: (error: unknown, data: Data, record: BrokerRecord) => Promise<boolean>;
}

/**
 * A consumer as one writes it at first: takes a record, handles it, acknowledges it, takes the next. It has neither inbox nor
 * dead letters, and what it writes commits before the position does.
 */
export async function consume<Data extends LessonData>(
  stage: Stage,
  broker: Broker,
  { topic, handle, onFailure }: Options<Data>,
): Promise<NaiveConsumer> {
  let last: Promise<void> = Promise.resolve();
  let isClosed = false;
  const attempt = async (data: Data, record: BrokerRecord): Promise<void> => {
    try {
      await handle(data, record);
    } catch (error) {
      const isAgain = (await onFailure?.(error, data, record)) === true;
      if (isAgain && !isClosed) await attempt(data, record);
    }
  };
  const take = async (record: BrokerRecord): Promise<void> => {
    const data = dataOf(record, stage.run) as Data | undefined; // it believes what it reads
    if (data !== undefined) await attempt(data, record);
    if (isClosed) return;
    const { partition, position } = record;
    await subscription.acknowledge([{ topic, partition, next: String(BigInt(position) + 1n) }]);
  };
  let isAssigned = false;
  const subscription = await broker.subscribe(
    { group: topic, topics: [topic] },
    {
      onRecords: (_, records) => {
        for (const record of records) last = last.then(() => (isClosed ? undefined : take(record)));
        last.catch(() => {}); // told by close
      },
      onAssigned: (lanes) => (isAssigned ||= lanes.length > 0),
      onHealth: () => {},
    },
  );
  let closing: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    isClosed = true;
    try {
      await last;
    } finally {
      await subscription.close();
    }
  };
  const close = (): Promise<void> => (closing ??= end());
  try {
    await stage.until('the naive consumer to be given its lane', () => isAssigned);
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}
