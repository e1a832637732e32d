import { randomBytes, randomUUID } from 'node:crypto';

import { freePort } from '@waybill/embedded';
import type { Browser, Page } from 'playwright-core';

import { RunningSystem } from '../system/running-system.js';
import { queryService } from '../system/service-database.js';
import type { ServiceProcess } from '../system/service-process.js';
import { until } from '../system/until.js';
import { complaints, openConsole, overflow, startBrowser } from './console-page.js';
import type { ConsolePage, Look } from './console-page.js';

const TOKEN = randomBytes(24).toString('hex');

describe('the invariants in a browser', () => {
  let system: RunningSystem;
  let lab: ServiceProcess;
  let browser: Browser;
  let opened: ConsolePage[] = [];

  beforeAll(async () => {
    const env = { CONSOLE: 'on', LAB_TOKEN: TOKEN, LAB_URL: `http://127.0.0.1:${await freePort()}` };
    [system, browser] = await Promise.all([RunningSystem.start(env), startBrowser()]);
    lab = await system.lab(TOKEN);
    await lab.start();
  }, 180_000);
  afterEach(async () => {
    const faults = opened.flatMap((page) => page.faults);
    await Promise.all(opened.map((page) => page.close()));
    opened = [];
    expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.end();
    await system?.stop();
  }, 60_000);

  async function open(look: Look = 'light'): Promise<Page> {
    const page = await openConsole(browser, `${system.services.order.url}/console/lab`, look);
    opened.push(page);
    return page.page;
  }

  /** Charges the order again, as a consumer without an inbox does. @returns how to undo that */
  async function chargeAgain(orderId: string): Promise<() => Promise<unknown>> {
    const key = randomUUID();
    await queryService(
      system,
      'payment_provider',
      `INSERT INTO charge (idempotency_key, reference, payment_method, amount, currency, status, calls, refund_failures, refund_refusals)
       SELECT '${key}', reference, payment_method, amount, currency, status, 1, 0, 0 FROM charge WHERE reference = '${orderId}'`,
    );
    return () => queryService(system, 'payment_provider', `DELETE FROM charge WHERE idempotency_key = '${key}'`);
  }

  const row = (page: Page, title: string) => page.getByRole('listitem', { name: title });

  it('turn red where one is broken, lead to the order that broke it, and turn green again', async () => {
    const { id } = await system.placeAndWait();
    const page = await open();
    await row(page, 'None charged twice').getByText('holds').waitFor();
    await row(page, 'None charged twice').getByText('1 checked').waitFor();
    const heights = () => page.locator('.invariants').evaluate('(panel) => panel.offsetHeight');
    const before = await heights();
    const undo = await chargeAgain(id);
    await row(page, 'None charged twice').getByText('broken').waitFor();
    await row(page, 'No order lost').getByText('holds').waitFor();
    expect(await heights()).toBe(before);
    const found = page.getByRole('region', { name: 'What broke: None charged twice' });
    await found.getByText('It was charged 2 times').waitFor();
    await found.getByRole('link').press('Enter');
    await page.waitForURL(`**/console/orders/${id}`);
    await page.evaluate('history.back()');
    await row(page, 'None charged twice').getByText('broken').waitFor();
    await undo();
    await row(page, 'None charged twice').getByText('holds').waitFor();
  }, 120_000);

  it("say that they can't tell where a database is away, and why", async () => {
    const page = await open();
    await row(page, 'Ledgers agree').getByText('holds').waitFor();
    const database = `${system.databasePrefix}carrier`;
    await queryService(system, 'order', `ALTER DATABASE "${database}" ALLOW_CONNECTIONS false`);
    await queryService(
      system,
      'order',
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`,
    );
    await row(page, 'Ledgers agree').getByText("can't tell").waitFor();
    await row(page, 'Ledgers agree').getByText("The carrier database can't be read").waitFor();
    await queryService(system, 'order', `ALTER DATABASE "${database}" ALLOW_CONNECTIONS true`);
    await row(page, 'Ledgers agree').getByText('holds').waitFor();
  }, 120_000);

  it.each(['light', 'dark', 'narrow'] as const)(
    'are clean by axe-core in %s, green and red',
    async (look) => {
      const { id } = await system.placeAndWait();
      const page = await open(look);
      await row(page, 'None charged twice').getByText('holds').waitFor();
      expect(await complaints(page)).toEqual([]);
      const undo = await chargeAgain(id);
      await row(page, 'None charged twice').getByText('broken').waitFor();
      expect(await complaints(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      await undo();
      await until(async () => (await row(page, 'None charged twice').getByText('holds').count()) > 0, {
        what: 'green',
      });
    },
    120_000,
  );
});
