import { setting } from '@waybill/observability';
import type { Setting } from '@waybill/observability';

/** A setting: brokers as `host:port`, separated by commas. Not IPv6 addresses: kafkajs divides its seeds at the first colon. */
export function brokerAddresses(name: string, byDefault: readonly string[]): Setting<readonly string[]> {
  const list = setting.list(name, { default: byDefault, expected: 'brokers as host:port,' });
  const parse: Setting<readonly string[]>['parse'] = (text) => {
    const read = list.parse(text);
    if (!('value' in read)) return { problem: 'but has an empty element' }; // not shown: another may hold credentials
    const wrong = read.value.flatMap((broker) => brokerFault(broker) ?? []);
    return wrong.length === 0 ? read : { problem: `but ${wrong.join('; ')}` };
  };
  return { ...list, parse };
}

function brokerFault(broker: string): string | undefined {
  if (broker.includes('@')) return 'has credentials in it, which belong elsewhere: write host:port';
  const shown = JSON.stringify(broker);
  if (broker.includes('://')) return `has a protocol in ${shown}: write host:port`;
  if (/^\[|:.*:/.test(broker)) return `has an IPv6 address in ${shown}, which kafkajs doesn't take: write a host name`;
  const [, port] = /^[A-Za-z0-9._-]+:(\d{1,5})$/.exec(broker) ?? [];
  if (port === undefined) return `has ${shown}, which is not host:port`;
  return Number(port) < 1 || Number(port) > 65_535 ? `has a port that doesn't exist in ${shown}` : undefined;
}
