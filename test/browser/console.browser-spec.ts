import type { Browser, Page } from 'playwright-core';

import { call } from '../system/api.js';
import { RunningSystem } from '../system/running-system.js';
import { until } from '../system/until.js';
import { complaints, openConsole, overflow, startBrowser } from './console-page.js';
import type { ConsolePage } from './console-page.js';

describe('the console in a browser', () => {
  let system: RunningSystem;
  let browser: Browser;
  let opened: ConsolePage[] = [];

  beforeAll(async () => {
    [system, browser] = await Promise.all([RunningSystem.start({ CONSOLE: 'on' }), startBrowser()]);
  }, 120_000);
  afterEach(async () => {
    const faults = opened.flatMap(({ faults }) => faults);
    await Promise.all(opened.map((page) => page.close()));
    opened = [];
    expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  }, 60_000);

  async function open(path: string, look: 'light' | 'dark' | 'narrow' = 'light'): Promise<Page> {
    const page = await openConsole(browser, `${system.services.order.url}${path}`, look);
    opened.push(page);
    return page.page;
  }

  /** An order whose refund the provider refuses for good. */
  async function stuckOrder(customerId: string): Promise<string> {
    const shippingAddress = {
      name: 'Ada Example',
      line1: '1 Example Street',
      city: 'Berlin',
      postalCode: '00000',
      country: 'DE',
    };
    const { body } = await system.place({ customerId, paymentMethod: 'pm_card_refund_fails', shippingAddress });
    return body.id;
  }

  it('is where / leads, and shows what is ordered as it moves', async () => {
    const page = await open('/');
    await page.getByRole('heading', { name: 'Orders' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/console/');
    const { body } = await system.place({ customerId: 'live' });
    await page.getByRole('button', { name: /^show \d+ new/ }).click();
    await page.getByRole('row', { name: /fulfilled .* live / }).waitFor();
    await page
      .getByRole('row', { name: / live / })
      .getByRole('link')
      .click();
    await page.waitForURL(`**/console/orders/${body.id}`);
  });

  it('finds orders by customer, status and id, keeps what it looks for in the address, and goes back', async () => {
    const { id } = await system.placeAndWait({ customerId: 'searched' });
    await system.placeAndWait({ customerId: 'searched', paymentMethod: 'pm_card_declined' });
    const page = await open('/console/orders');
    const rows = page.getByRole('row').filter({ hasText: 'searched' });
    await page.getByPlaceholder('Order id or customer id').fill('searched');
    await page.keyboard.press('Enter');
    await until(async () => (await rows.count()) === 2 && (await page.getByRole('row').count()) === 3, {
      what: 'both',
    });
    await page.getByLabel('Status').selectOption('rejected');
    await until(async () => (await rows.count()) === 1, { what: 'the rejected one' });
    expect(new URL(page.url()).search).toBe('?q=searched&status=REJECTED');
    await page.reload();
    await page.getByRole('row', { name: /rejected payment declined/ }).waitFor();
    await page.evaluate('history.back()');
    await until(async () => (await rows.count()) === 2, { what: 'both again' });
    await page.goto(`${system.services.order.url}/console/orders?q=${id}&since=1h`);
    await page.getByRole('row', { name: /fulfilled/ }).waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
    await page.goto(`${system.services.order.url}/console/orders?q=nobody`);
    await page.getByText('No order fits.').waitFor();
  });

  it("shows an order's way, and each message's lineage, with personal fields masked", async () => {
    const { id } = await system.placeAndWait({ customerId: 'lineage' });
    await until(async () => (await system.saga(id)).status === 'COMPLETED', { what: 'the last answer' });
    const page = await open(`/console/orders/${id}`);
    await page.getByText('saga completed').waitFor();
    expect(await page.getByRole('list', { name: 'Saga' }).getByText('done').count()).toBe(4);
    await page.getByRole('button', { name: /order to shipping shipping\.create-shipment\.v1/ }).click();
    const lineage = page.getByRole('list', { name: 'Lineage' });
    await lineage.getByText(/^partition \d, offset \d+$/).waitFor();
    await lineage.getByText('handled').waitFor();
    const data = await page.getByLabel('JSON').textContent();
    expect(data).toContain(id);
    expect(data).toContain('"***"');
    expect(await page.content()).not.toContain('1 Example Street');
    await lineage.getByRole('link').click(); // the answer
    await page.getByText('shipment.created.v1').last().waitFor();
    expect(page.url()).toContain('?message=');
  });

  it('cancels an order that is under way', async () => {
    const { body } = await system.place({ customerId: 'cancelled', paymentMethod: 'pm_card_timeout_after_always' });
    const page = await open(`/console/orders/${body.id}`);
    await page.getByRole('button', { name: 'Cancel order…' }).click();
    await page.getByLabel('Reason').fill('ordered twice');
    await page.getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByRole('heading', { name: /cancelled/ }).waitFor();
    expect((await system.order(body.id)).status).toBe('CANCELLED');
  });

  it('forces a stuck step with a reason, which stays in sight', async () => {
    const id = await stuckOrder('forced');
    await until(async () => (await system.saga(id)).status === 'COMPENSATION_FAILED', {
      timeoutMs: 90_000,
      what: 'the saga to be stuck',
    });
    const page = await open(`/console/orders/${id}`);
    await page.getByText('The provider refuses to refund this charge').first().waitFor();
    await page.getByRole('button', { name: 'Force…' }).click();
    await page.getByLabel('Your name').fill('ada');
    await page.getByLabel('Reason').fill('refunded by hand');
    await page.getByRole('button', { name: 'Force', exact: true }).click();
    await page.getByRole('heading', { name: /rejected/ }).waitFor();
    await page.getByText(/by ada: refunded by hand/).waitFor();
    expect((await system.order(id)).status).toBe('REJECTED');
  }, 150_000);

  it('tells a service that does not answer from one that has nothing to say', async () => {
    const { id } = await system.placeAndWait({ customerId: 'away' });
    await system.services.shipping.end();
    try {
      const page = await open(`/console/orders/${id}`);
      await page.getByText('What the shipping service knows of this order is missing below.').waitFor();
      await page.getByRole('list', { name: 'Services' }).getByText('does not answer').waitFor();
    } finally {
      await system.services.shipping.start();
    }
  }, 120_000);

  it('is operated by keyboard alone', async () => {
    await system.placeAndWait({ customerId: 'keys' });
    const page = await open('/console/orders');
    await page.getByRole('row', { name: / keys / }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the screen');
    await page.keyboard.press('Enter');
    await page
      .getByRole('row', { name: / keys / })
      .getByRole('link')
      .focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Order/ }).waitFor();
    await until(async () => (await page.evaluate('document.activeElement.tagName')) === 'H1', { what: 'the focus' });
    await page.getByRole('button', { name: /payment\.process/ }).press('Enter');
    await page.getByRole('list', { name: 'Lineage' }).waitFor();
  });

  it.each(['light', 'dark', 'narrow'] as const)(
    'is fit for everyone, %s',
    async (look) => {
      const { id } = await system.placeAndWait({ customerId: 'fit', paymentMethod: 'pm_card_flaky_3' });
      const { body } = await call<{ items: { messageId: string; kind: string }[] }>(
        `${system.services.order.url}/orders?limit=1`,
      );
      expect(body.items).toHaveLength(1);
      const message = (await system.timeline(id)).find(({ kind }) => kind === 'command')?.messageId;
      for (const [path, sign] of [
        ['/console/orders', ' fit '],
        [`/console/orders/${id}?message=${message}`, 'Envelope'],
        ['/console/orders?q=nobody', 'No order fits.'],
      ] as const) {
        const page = await open(path, look);
        await page.getByText(sign.trim()).first().waitFor();
        expect([path, await complaints(page), await overflow(page)]).toEqual([path, [], 0]);
      }
    },
    120_000,
  );
});
