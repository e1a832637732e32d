import type { BrokerLog } from '@waybill/messaging';
import { logLevel } from 'kafkajs';
import type { logCreator } from 'kafkajs';

const SAME_AGAIN_MS = 60_000;
const MOST_TEXTS = 1_000;
/**
 * Services that start together race for creating the same topics; one of them wins, and that is fine. kafkajs says it of one topic,
 * or of all in one request. The caller that asked for the topics learns any other refusal by an error, and tells it.
 */
const EXPECTED: ReadonlySet<unknown> = new Set(['Topic with this name already exists', 'Topic creation errors']);

/**
 * kafkajs's log in the application's. Its "errors" are mostly attempts that it will repeat, hence warnings here,
 * each once a minute: of an outage it would write several lines a second.
 */
export function kafkaLogCreator(log: BrokerLog): logCreator {
  const warned = new Map<string, number>();
  const isNews = (text: string): boolean => {
    const now = performance.now();
    if (now - (warned.get(text) ?? -Infinity) < SAME_AGAIN_MS) return false;
    if (warned.size > MOST_TEXTS) warned.clear();
    warned.set(text, now);
    return true;
  };
  return () =>
    ({ level, log: { message, error, topic, partition, groupId } }) => {
      const place = [topic, partition, groupId].filter((part) => part !== undefined).join('/');
      const text = `kafka: ${message}${place ? ` (${place})` : ''}${typeof error === 'string' ? `: ${error}` : ''}`;
      if (EXPECTED.has(error)) log.debug(text);
      else if ((level === logLevel.ERROR || level === logLevel.WARN) && isNews(text)) log.warn(text);
      else log.debug(text);
    };
}
