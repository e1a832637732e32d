import { SERVICE_NAMES } from '@waybill/contracts';
import type { BrokerRecord } from '@waybill/messaging';

import { readAsyncApi, readOpenApi, referredName } from '../../api/api-documents.js';
import type { AsyncApi, AsyncApiOperation } from '../../api/api-documents.js';
import { messageOf } from '../../api/foreigner.js';
import { DocumentSchemas } from '../../api/schemas.js';
import { call } from '../../system/api.js';
import { readTopics } from '../../system/read-topics.js';
import { AT_THE_BROKER } from '../../system/running-system.js';
import type { RunningSystem } from '../../system/running-system.js';
import type { OrdinarySystem } from './ordinary-system.js';

/** After all others: what they have made the services publish is compared. */
export function isAsDescribed(running: () => OrdinarySystem): void {
  describe('what docs/api says', () => {
    let system: RunningSystem;

    beforeAll(() => {
      ({ system } = running());
    });

    it.each(SERVICE_NAMES)(
      'is what the %s service serves, under the names of its topics at this broker',
      async (name) => {
        const { url } = system.services[name];
        expect((await call(`${url}/docs-json`)).body).toEqual(readOpenApi(name));

        const { prefix } = system.broker;
        const { body: served } = await call<AsyncApi>(`${url}/asyncapi.json`);
        const whole = readAsyncApi();
        expect(Object.keys(served.operations)).toEqual(
          Object.keys(whole.operations).filter((id) => id.startsWith(`${name}.`)),
        );
        for (const [id, { address }] of Object.entries(served.channels)) {
          expect({ id, address }).toEqual({ id, address: prefix + whole.channels[id]?.address });
        }
        for (const [id, message] of Object.entries(served.components.messages)) {
          expect({ id, message }).toEqual({ id, message: whole.components.messages[id] });
        }
      },
    );

    it('is shown as a page that needs nothing but its stylesheet', async () => {
      const page = await fetch(`${system.services.order.url}/asyncapi`);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const policy = page.headers.get('content-security-policy');
      expect(policy).toBe("default-src 'none'; style-src 'self'; frame-ancestors 'none'");
      const text = await page.text();
      expect(text).toContain('Messages · <a href="/docs">'); // beyond ASCII, as it was written
      const [, style = ''] = /<link rel="stylesheet" href="([^"]+)"/.exec(text) ?? [];
      const sheet = await fetch(new URL(style, page.url));
      expect([sheet.status, sheet.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
    });

    it('is true of every record on every topic: who sent it, its headers, its data', async () => {
      const document = readAsyncApi();
      const schemas = new DocumentSchemas(document);
      const sends = Object.values(document.operations).filter(({ action }) => action === 'send');
      const receives = Object.values(document.operations).filter(({ action }) => action === 'receive');
      const records = await readTopics(system.broker, AT_THE_BROKER.topics);
      const met = new Set<string>();
      for (const record of records) {
        const headers = textOf(record);
        const { ce_source: source = '', ce_type: type = '' } = headers;
        // What a test has sent itself is no service's.
        const isOwn = SERVICE_NAMES.some((name) => source === `/${name}`);
        const operation = (isOwn ? sends : receives).find((each) => isOf(each, record.topic, type));
        expect({ topic: record.topic, source, type, isDescribed: operation !== undefined }).toMatchObject({
          isDescribed: true,
        });
        if (!operation) continue;
        if (isOwn) expect({ type, sender: operation.tags[0]?.name }).toEqual({ type, sender: source.slice(1) });
        const message = messageOf(document, operation);
        expect({ type, faults: schemas.faults(message.headers, headers) }).toEqual({ type, faults: '' });
        const data: unknown = JSON.parse(record.value?.toString() ?? '');
        expect({ type, faults: schemas.faults(message.payload, data) }).toEqual({ type, faults: '' });
        met.add(type);
      }
      expect(met.size).toBeGreaterThan(15);
    }, 300_000);
  });
}

function isOf({ channel, messages }: AsyncApiOperation, topic: string, type: string): boolean {
  return referredName(channel) === topic && messages.some(({ $ref }) => $ref.endsWith(type));
}

function textOf({ headers }: BrokerRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
