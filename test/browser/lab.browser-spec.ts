import type { Browser, Locator, Page } from 'playwright-core';

import { call } from '../system/api.js';
import { until } from '../system/until.js';
import { complaints, openConsole, overflow, startBrowser } from './console-page.js';
import type { ConsolePage, Look } from './console-page.js';
import { StartedSystem } from './started-system.js';

const WHOLE_AGAIN = { timeout: 120_000 };

describe('the lab in a browser', () => {
  let system: StartedSystem;
  let browser: Browser;
  let opened: ConsolePage[] = [];
  let isStopped = false;

  beforeAll(async () => {
    [system, browser] = await Promise.all([StartedSystem.start(), startBrowser()]);
  }, 300_000);
  afterEach(async () => {
    const faults = opened.flatMap(({ faults }) => faults).filter((fault) => !/ERR_CONNECTION_REFUSED/.test(fault));
    await Promise.all(opened.map((page) => page.close()));
    opened = [];
    expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    if (!isStopped) await system?.stop();
  }, 90_000);

  async function open(look: Look = 'light'): Promise<Page> {
    const page = await openConsole(browser, `${system.url}/console/lab`, look);
    opened.push(page);
    await page.page.getByRole('button', { name: 'Begin: Place orders' }).or(end(page.page, 'Place orders')).waitFor();
    return page.page;
  }

  const dial = (page: Page, title: string): Locator => page.getByRole('listitem', { name: title, exact: true });
  const begin = (page: Page, title: string): Locator => page.getByRole('button', { name: `Begin: ${title}` });
  const end = (page: Page, title: string): Locator => page.getByRole('button', { name: `End now: ${title}` });

  it.each(['light', 'dark', 'narrow'] as const)(
    'is offered by the navigation, and fit for everyone, %s',
    async (look) => {
      const page = await open(look);
      expect(await page.getByRole('link', { name: 'Lab' }).getAttribute('aria-current')).toBe('page');
      expect(await page.getByText('Kill an app').count()).toBe(1);
      expect([await complaints(page), await overflow(page)]).toEqual([[], 0]);
    },
  );

  it('has every dial at hand, each with words for a person', async () => {
    const page = await open();
    const titles = await page.locator('.dial h3').allTextContents();
    expect(titles).toHaveLength(13);
    expect(titles.filter((title) => !/^[A-Z].* /.test(title))).toEqual([]);
    expect(await page.locator('.unavailable').count()).toBe(0);
  });

  it('kills an app under load until its time is up, and says how often', async () => {
    const page = await open();
    await dial(page, 'Place orders').locator('[name=orders]').selectOption('all go well');
    await begin(page, 'Place orders').click();
    await dial(page, 'Place orders')
      .getByText(/[1-9]\d* orders placed/)
      .waitFor();
    await dial(page, 'Kill an app').locator('[name=app]').selectOption('payment');
    await dial(page, 'Kill an app').locator('[name=seconds]').selectOption('10 s');
    await begin(page, 'Kill an app').click();
    await dial(page, 'Kill an app')
      .getByText(/payment, every 10 s/)
      .waitFor();
    await system.printed('payment was killed by SIGKILL');
    await begin(page, 'Kill an app').waitFor(WHOLE_AGAIN);
    await dial(page, 'Kill an app')
      .getByText(/last time [12] kills?/)
      .waitFor();
  }, 240_000);

  it('takes PostgreSQL and the broker away, and gives them back as soon as one says so', async () => {
    const page = await open();
    for (const title of ['Take PostgreSQL away', 'Stop the broker']) {
      await begin(page, title).click();
      await end(page, title).waitFor();
      await end(page, title).click();
      await begin(page, title).waitFor(WHOLE_AGAIN);
    }
    await until(async () => (await place()) === 201 || (await place()) === 202, {
      timeoutMs: 90_000,
      what: 'an order',
    });
  }, 240_000);

  it('fails calls of the provider, and doubles what is delivered, which is counted', async () => {
    const page = await open();
    await dial(page, 'Failing calls').locator('[name=moment]').selectOption('after it has acted');
    await begin(page, 'Failing calls').click();
    await begin(page, 'Deliver twice').click();
    await until(
      async () => {
        await place();
        const said = (await dial(page, 'Failing calls').textContent()) ?? '';
        const doubled = (await dial(page, 'Deliver twice').textContent()) ?? '';
        return /[1-9]\d* calls? failed/.test(said) && /[1-9]\d* batch(es)? doubled/.test(doubled);
      },
      { timeoutMs: 28_000, what: 'both counts' },
    );
    await end(page, 'Failing calls').click();
    await end(page, 'Deliver twice').click();
    await begin(page, 'Deliver twice').waitFor(WHOLE_AGAIN);
    await begin(page, 'Failing calls').waitFor(WHOLE_AGAIN);
  }, 180_000);

  it('sends a poison message, which becomes a dead letter', async () => {
    const page = await open();
    const letters = async (): Promise<number> =>
      (await call<{ count: number }>(`${system.urlOf('payment')}/admin/dead-letters/count`)).body.count;
    const before = await letters();
    await page.getByRole('button', { name: 'Begin: Send a poison message' }).click();
    await until(async () => (await letters()) > before, { timeoutMs: 90_000, what: 'the letter' });
  }, 150_000);

  it('ends a fault on time when the lab has died, and everything when npm start is told to end', async () => {
    const page = await open();
    await dial(page, 'Refuse a topic').locator('[name=seconds]').selectOption('10 s');
    await begin(page, 'Refuse a topic').click();
    await end(page, 'Refuse a topic').waitFor();
    system.kill('lab');
    await system.printed('lab was killed by SIGKILL');
    await system.printed('lab: refuse-topic has ended');
    await begin(page, 'Refuse a topic').waitFor(WHOLE_AGAIN); // there is a lab again
    await dial(page, 'Pause an app').locator('[name=app]').selectOption('payment');
    await begin(page, 'Pause an app').click();
    await end(page, 'Pause an app').waitFor();
    await begin(page, 'Take PostgreSQL away').click();
    await end(page, 'Take PostgreSQL away').waitFor();
    isStopped = true;
    expect(await system.stop()).toBe(0);
    expect(system.output).toContain('lab: pause-app has ended');
    expect(system.output).not.toContain('did not stop within');
  }, 240_000);

  async function place(): Promise<number> {
    const response = await fetch(`${system.url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        customerId: 'lab',
        items: [{ sku: 'SKU-MUG-BLUE', quantity: 1 }],
        shippingAddress: { name: 'Ada', line1: '12 Way', city: 'London', postalCode: 'W1A 1AA', country: 'GB' },
        paymentMethod: 'pm_card_ok',
      }),
    });
    await response.arrayBuffer();
    return response.status;
  }
});
