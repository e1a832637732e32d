import type { MessageContract } from '@waybill/messaging';

import { exampleHeaders, keyOf } from './describe-message.js';

/** A line for the shell that sends the example of a command, with a new id, to the Kafka at KAFKA_BROKERS, by default the one of `npm start`. */
export function kcatLine(contract: MessageContract, prefix: string): string {
  const { ce_id: _, ce_subject: __, ...headers } = exampleHeaders(contract);
  const given = Object.entries(headers).map(([name, value]) => `-H ${name}=${value}`);
  const key = keyOf(contract);
  return [
    `echo '${JSON.stringify(contract.example).replaceAll("'", String.raw`'\''`)}' |`,
    `kcat -P -b "\${KAFKA_BROKERS:-localhost:9092}" -t ${prefix}${contract.topic}`,
    ...(key === undefined ? [] : [`-k ${key}`]),
    `-H "ce_id=$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen)"`,
    ...given,
  ].join(' ');
}
