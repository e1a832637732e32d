import type { Browser } from 'playwright-core';

import { RunningSystem } from '../system/running-system.js';
import { until } from '../system/until.js';
import { openConsole, startBrowser } from './console-page.js';
import type { ConsolePage } from './console-page.js';

describe('the descriptions that a service serves, in a browser', () => {
  let system: RunningSystem;
  let browser: Browser;
  let opened: ConsolePage | undefined;

  beforeAll(async () => {
    [system, browser] = await Promise.all([RunningSystem.create(), startBrowser()]);
    const { order } = system.services;
    order.spawn(); // alone it never gets its catalogue and isn't ready, but it answers
    const answers = async () => (await fetch(`${order.url}/health/live`).catch(() => undefined))?.ok === true;
    await until(answers, { timeoutMs: 90_000, what: 'the order service', detail: () => order.output.slice(-4000) });
  }, 120_000);
  afterEach(() => opened?.close());
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  }, 60_000);

  async function open(path: string): Promise<ConsolePage> {
    opened = await openConsole(browser, `${system.services.order.url}${path}`);
    return opened;
  }

  it('show its operations at /docs, and ask nobody else for anything', async () => {
    const { page, faults } = await open('/docs');
    await page.getByRole('heading', { name: /^Waybill/ }).waitFor();
    await page.getByRole('button', { name: /^POST \/orders Place an order/ }).click();
    await page.getByText('Idempotency-Key').first().waitFor();
    await page.getByText('"paymentMethod"').first().waitFor();
    expect(faults).toEqual([]);
  });

  it('show its messages at /asyncapi in their own style, and ask nobody else for anything', async () => {
    const { page, faults } = await open('/asyncapi');
    await page.getByRole('heading', { name: 'payment.commands' }).waitFor();
    await page.getByText('All headers').click();
    await page.getByText('ce_causationid').first().waitFor();
    expect(await page.evaluate('document.styleSheets[0].cssRules.length')).toBeGreaterThan(5);
    expect(faults).toEqual([]);
  });
});
