import type { BrokerLog } from '@waybill/messaging';
import { logLevel } from 'kafkajs';
import type { logCreator } from 'kafkajs';

/** Hears of each reset, with the topic's name on the wire. */
export type OffsetResetListener = (wireTopic: string, partition: number) => void;

const OFFSET_RESET = /^Offset out of range, resetting/;
/** Services that start together race for creating the same topics; one of them wins, and that is fine. */
const EXPECTED = 'Topic with this name already exists';

/**
 * kafkajs's log in the application's. Its "errors" are mostly attempts that it will repeat, hence warnings here; a reset
 * offset is the exception: records were lost or will be read again, and somebody must know.
 */
export function kafkaLogCreator(log: BrokerLog, onOffsetReset: OffsetResetListener): logCreator {
  return () =>
    ({ level, log: { message, error, topic, partition, groupId } }) => {
      const place = [topic, partition, groupId].filter((part) => part !== undefined).join('/');
      const text = `kafka: ${message}${place ? ` (${place})` : ''}${typeof error === 'string' ? `: ${error}` : ''}`;
      if (OFFSET_RESET.test(message)) {
        log.error(`ALERT offset reset to the earliest record; ${text}`);
        if (typeof topic === 'string' && typeof partition === 'number') onOffsetReset(topic, partition);
      } else if (error === EXPECTED) log.debug(text);
      else if (level === logLevel.ERROR || level === logLevel.WARN) log.warn(text);
      else log.debug(text);
    };
}
