import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { call } from '../../system/api.js';
import { expectBalanced } from '../../system/ledger.js';
import type { RunningSystem } from '../../system/running-system.js';
import { queryService } from '../../system/service-database.js';
import { until } from '../../system/until.js';
import type { OrdinarySystem } from './ordinary-system.js';

const run = promisify(execFile);

interface Told {
  readonly saga: object;
  readonly holdups: readonly unknown[];
  readonly messages: readonly {
    readonly kind: string;
    readonly type: string;
    readonly outbox?: { readonly topic: string };
    readonly inbox?: { readonly outcome: string; readonly partition: number; readonly position: string };
  }[];
}

interface Listed {
  readonly items: readonly {
    readonly name: string;
    readonly version: number;
    readonly builtVersion: number;
    readonly builtAt?: string;
    readonly lagEvents: number;
    readonly rebuild?: { readonly status: string; readonly requestedBy: string };
  }[];
}

export function tellsOrdersOnTheCommandLine(running: () => OrdinarySystem): void {
  describe('orders on the command line', () => {
    let system: RunningSystem;

    beforeAll(() => {
      ({ system } = running());
    });

    afterEach(() => expectBalanced(system, running().initial), 60_000);

    const waybill = async (...args: readonly string[]): Promise<string> => {
      const urls = Object.entries(system.services).flatMap(([name, { url }]) => ['--url', `${name}=${url}`]);
      const { stdout } = await run(process.execPath, [join('dist', 'cli', 'main.js'), ...args, ...urls]);
      return stdout;
    };

    it('are told whole, by part of their id: every message from its outbox to the place where it was taken', async () => {
      const { body } = await system.place({ items: [{ sku: 'SKU-SOLD-OUT', quantity: 1 }] });
      const { id } = await system.ended(body.id);
      const told = JSON.parse(await waybill('orders', 'show', `${id.slice(0, 18)}…${id.slice(-4)}`, '--json')) as Told;
      expect(told).toMatchObject({ order: { id }, saga: { status: 'COMPENSATED' }, holdups: [], failures: [] });
      const messages = told.messages.filter(({ kind }) => kind === 'message');
      expect(messages.map(({ type }) => type.replace(/\.v\d+$/, ''))).toEqual([
        'payment.process',
        'payment.charged',
        'inventory.reserve',
        'inventory.rejected',
        'payment.refund',
        'payment.refunded',
      ]);
      expect(messages.map(({ inbox }) => inbox?.outcome)).toEqual(messages.map(() => 'handled'));
      const text = await waybill('orders', 'show', id);
      for (const { outbox, inbox } of messages) {
        expect(text).toContain(`${outbox?.topic}/${inbox?.partition}@${inbox?.position}`);
      }
      expect(await waybill('orders', '--status', 'REJECTED', '--limit', '1')).toMatch(
        new RegExp(`${id} .*OUT_OF_STOCK`),
      );
      expect(await waybill('sagas', '--limit', '1')).toMatch(new RegExp(`${id} .*reserve-inventory: OUT_OF_STOCK`));
    });

    it('are counted as sold as they were, once the daily sales are rebuilt beside the running service, on record', async () => {
      await system.placeAndWait();
      const sales = async () => (await call(`${system.services.order.url}/sales/daily?limit=100`)).body;
      const dailySales = async () => {
        const { items } = JSON.parse(await waybill('projections', 'list', '--json')) as Listed;
        return items.find(({ name }) => name === 'daily-sales');
      };
      await until(async () => (await dailySales())?.lagEvents === 0, { what: 'the sale to be counted' });
      const sold = await sales();
      expect(sold).toMatchObject({ items: expect.arrayContaining([expect.anything()]) });
      await queryService(system, 'order', 'UPDATE daily_sales SET orders = 0, units = 0, amount = 0');
      expect(await sales()).not.toEqual(sold);

      const operator = ['--who', 'ada', '--why', 'sales of nothing, INC-7'];
      expect(await waybill('projections', 'rebuild', 'daily-sales', ...operator)).toBe(
        'daily-sales is rebuilt, and in use.\n',
      );
      expect(await sales()).toEqual(sold);
      const { version, ...listed } = (await dailySales()) ?? {};
      expect(listed).toMatchObject({
        builtVersion: version,
        builtAt: expect.any(String),
        lagEvents: 0,
        rebuild: { status: 'DONE', requestedBy: 'ada' },
      });
      expect(await waybill('projections', 'list')).toMatch(/daily-sales +async +0 +0s +version \d+ .* DONE \S+ ago/);
      expect(await waybill('audit', '--about', 'daily-sales')).toMatch(
        /ada +projections\.rebuild +daily-sales .*sales of nothing, INC-7/,
      );
    });
  });
}
