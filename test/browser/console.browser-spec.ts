import { databaseUrl } from '@waybill/database';
import { testDatabaseServer } from '@waybill/embedded/testing';
import type { Browser, Page } from 'playwright-core';

import { call } from '../system/api.js';
import { storePaymentLetters } from '../system/payment-letters.js';
import { RunningSystem } from '../system/running-system.js';
import { until } from '../system/until.js';
import { complaints, openConsole, overflow, startBrowser } from './console-page.js';
import type { ConsolePage, Look } from './console-page.js';
import { flowTests } from './console/flow.js';
import { heldOrderTests } from './console/held-orders.js';
import { incidentTests } from './console/incidents.js';
import { letterTests } from './console/letters.js';
import { manyTests } from './console/many.js';
import { notThereTests } from './console/not-there.js';
import { plainHttpTests } from './console/plain-http.js';
import { stuckOrderTests } from './console/stuck-orders.js';

describe('the console in a browser', () => {
  let system: RunningSystem;
  let browser: Browser;
  let opened: ConsolePage[] = [];

  beforeAll(async () => {
    [system, browser] = await Promise.all([
      RunningSystem.start({ CONSOLE: 'on', MONITOR_INTERVAL_MS: '1000', ALERT_RESOLVE_AFTER_MS: '2000' }),
      startBrowser(),
    ]);
    await storeLetters(40, 20);
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

  async function open(path: string, look: Look = 'light'): Promise<Page> {
    const page = await openConsole(browser, `${system.services.order.url}${path}`, look);
    opened.push(page);
    return page.page;
  }

  /** Dead letters of the payment service, of two kinds. */
  const storeLetters = (letters: number, orders: number): Promise<void> =>
    storePaymentLetters({
      databaseUrl: databaseUrl(testDatabaseServer(), `${system.databasePrefix}payment`),
      group: 'payment',
      topic: 'payment.commands',
      letters,
      orders,
    });

  async function anyLetter(): Promise<string> {
    const { body } = await call<{ items: { id: string }[] }>(
      `${system.services.payment.url}/admin/dead-letters?limit=1`,
    );
    return body.items[0]?.id ?? '';
  }

  it('is where / leads, and shows what is ordered as it moves', async () => {
    const page = await open('/');
    await page.locator('.orders, .empty').waitFor(); // what is placed from now on is new
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
    await page.goto(`${system.services.order.url}/console/orders?q=searched&status=rejected`);
    await page.getByRole('row', { name: /rejected payment declined/ }).waitFor();
    expect(await page.getByLabel('Status').inputValue()).toBe('REJECTED');
    await page.goto(`${system.services.order.url}/console/orders?q=nobody`);
    await page.getByText('No order fits.').waitFor();
  });

  it("shows an order's way, and each message's lineage, with personal fields masked", async () => {
    const { id } = await system.placeAndWait({ customerId: 'lineage' });
    await until(async () => (await system.saga(id)).status === 'COMPLETED', { what: 'the last answer' });
    const page = await open(`/console/orders/${id}`);
    await page.getByText('saga completed').waitFor();
    expect(await page.getByRole('list', { name: 'Saga' }).getByText('done', { exact: true }).count()).toBe(4);
    await page.getByRole('button', { name: /order to shipping shipping\.create-shipment\.v1/ }).click();
    const lineage = page.getByRole('list', { name: 'Lineage' });
    await lineage.getByText(/^partition \d, position \d+$/).waitFor();
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
    await page.getByLabel('Your name').fill('ada');
    await page.getByLabel('Reason').fill('ordered twice');
    await page.getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByRole('heading', { name: /cancelled/ }).waitFor();
    expect((await system.order(body.id)).status).toBe('CANCELLED');
  });

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
    await until(async () => (await page.evaluate('document.activeElement.id')) === 'screen', { what: 'the focus' });
    await page.getByRole('button', { name: /payment\.process/ }).press('Enter');
    await page.getByRole('list', { name: 'Lineage' }).waitFor();
  });

  it('places orders with the outcome that each preset promises, and shows them as they move', async () => {
    const page = await open('/console/shop');
    await page.getByRole('button', { name: 'Place: Goes well' }).click();
    await page.getByRole('button', { name: 'Place: Card declined' }).click();
    await page.getByRole('button', { name: 'Place: Sold out' }).click();
    const session = page.locator('.session');
    await session.getByText(/1 fulfilled/).waitFor();
    await session.getByText(/2 rejected/).waitFor();
    await page.getByLabel('Mug, blue in the basket').fill('3');
    await page.getByText('1 products, €37.50').waitFor();
    await page.getByRole('button', { name: 'Place: Basket', exact: true }).click();
    await session.getByText(/2 fulfilled/).waitFor();
    await page.getByRole('button', { name: 'Place 100: Card declined' }).click();
    await session.getByText(/102 rejected/).waitFor({ timeout: 90_000 });
    expect((await session.textContent())?.match(/Card declined/g)?.length).toBeGreaterThan(10);
  }, 150_000);

  it('groups dead letters by how they failed, says what a replay would do, and does it behind a canary', async () => {
    const page = await open('/console/dead-letters');
    await page.getByRole('row', { name: /ConnectionLostError.* 10 / }).waitFor();
    await page.getByRole('link', { name: /PaymentGatewayError/ }).click();
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByText(/^\d+ letters of \d+ keys\./).waitFor();
    await page.getByText('payment.process.v1→payment.process.v2').waitFor();
    await page.getByRole('button', { name: 'Replay…' }).click();
    await page.getByLabel('Your name').fill('ada');
    await page.getByLabel('Reason').fill('the provider is back');
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page.getByText('Done.').waitFor({ timeout: 90_000 });
    await page
      .getByText(/\d+ replayed, 0 failed again/)
      .first()
      .waitFor();
  }, 150_000);

  it('reveals a letter with a reason, says what the schema has against an edit, and discards, all on record', async () => {
    const page = await open('/console/dead-letters?service=payment');
    await page.getByRole('row').nth(1).getByRole('link').first().click();
    await page.getByText('Personal fields are masked.').waitFor();
    expect(await page.getByText('No contract describes it.').count()).toBe(0);
    await page.getByRole('button', { name: 'Reveal and edit…' }).click();
    await page.getByLabel('Your name').fill('ada');
    await page.getByLabel('Reason').fill('what was paid with');
    await page.getByRole('button', { name: 'Reveal', exact: true }).click();
    await page.getByText('As it came. That you see it is on record.').waitFor();
    const payload = page.getByLabel('Payload', { exact: true });
    expect(await payload.inputValue()).toContain('pm_card_ok');
    await payload.fill('{"orderId":');
    expect(await page.getByRole('button', { name: 'Edit and run…' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Replay…' }).isDisabled()).toBe(true); // it would run the old payload
    await payload.fill('{"orderId":"x","customerId":"c","amount":{"amount":-1,"currency":"EUR"}}');
    expect(await page.getByRole('button', { name: 'Edit and run…' }).isDisabled()).toBe(true); // another version is run
    await page.getByRole('checkbox', { name: /written as payment\.process\.v2 by now/ }).check();
    await page.getByRole('button', { name: 'Edit and run…' }).click();
    await page.getByLabel('Reason').fill('a negative amount');
    await page.getByRole('button', { name: 'Edit and run', exact: true }).click();
    await page.getByText('/payload/amount/amount').waitFor();
    await page.getByRole('button', { name: 'Leave it' }).click();
    await page.getByRole('button', { name: 'Discard…' }).click();
    await page.getByLabel('Reason').fill('not needed');
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await page.getByRole('heading', { name: /discarded/ }).waitFor();
    await page.reload();
    await page.getByText(/reveal by ada: what was paid with/).waitFor();
    await page.getByText(/discard by ada: not needed/).waitFor();
  }, 120_000);

  const tested = { system: () => system, open };
  heldOrderTests(tested);
  stuckOrderTests(tested);
  plainHttpTests(tested);
  notThereTests(tested);
  flowTests(tested);
  letterTests(tested);
  incidentTests(tested);

  it.each(['light', 'dark', 'narrow', '4k'] as const)(
    'is fit for everyone, %s',
    async (look) => {
      await storeLetters(8, 4);
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
        ['/console/shop', 'Collector’s mug, ten pieces'],
        ['/console/flow', 'Parked keys'],
        ['/console/flow/lanes/payment/payment.commands', 'Acknowledged up to'],
        ['/console/flow/outbox/order/payment.commands', 'Outbox of order'],
        ['/console/flow/parked/payment', 'Waits for'],
        ['/console/flow/health/payment', 'It needs'],
        ['/console/incidents', 'Dead letters wait'],
        ['/console/audit', 'nobody of ours has sent it'],
        ['/console/audit?who=nobody', 'Nobody has done anything like this.'],
        ['/console/dead-letters', 'ConnectionLostError'],
        ['/console/dead-letters?service=payment', 'Dry run'],
        [`/console/dead-letters/payment/${await anyLetter()}`, 'Personal fields are masked.'],
      ] as const) {
        const page = await open(path, look);
        await page.getByText(sign.trim()).first().waitFor();
        expect([path, await complaints(page), await overflow(page)]).toEqual([path, [], 0]);
      }
    },
    300_000,
  );

  manyTests(tested); // last: what it leaves would be in the way
});
