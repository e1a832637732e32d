import { randomBytes } from 'node:crypto';

import { freePort } from '@waybill/embedded';
import { dropTestDatabases } from '@waybill/embedded/testing';
import type { Browser, Page } from 'playwright-core';

import { RunningSystem } from '../system/running-system.js';
import type { ServiceProcess } from '../system/service-process.js';
import { until } from '../system/until.js';
import { complaints, openConsole, overflow, startBrowser } from './console-page.js';
import type { ConsolePage, Look } from './console-page.js';

const TOKEN = randomBytes(24).toString('hex');
/** A run starts services, and a machine that runs other specs takes its time. */
const RUN = { timeout: 90_000 };

describe('the lessons in a browser', () => {
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
    await dropTestDatabases(`${system?.databasePrefix}lab_`);
    await system?.stop();
  }, 60_000);

  async function open(path = '/console/learn', look: Look = 'light'): Promise<Page> {
    const page = await openConsole(browser, `${system.services.order.url}${path}`, look);
    opened.push(page);
    return page.page;
  }

  it.each([
    [
      'Dual write',
      /committed 10 orders and published 7: 3 parcels that nobody will ever send/,
      /Committed 3 \(3 lost\).*Shipped 7/,
    ],
    ['Duplicates', /\d customers paid twice/, /Charged 10 \(\d done twice\)/],
    [
      'Poison message',
      /7 parcels never left, 5 of them of customers who had nothing to do with it/,
      /In hand 1 \(1 failing\).*Shipped 5/,
    ],
    ['Compensation', /2 paid 40\.00 EUR for nothing/, /Reserved 2 \(2 lost\), Shipped 3/],
    ['Late reply', /of them paid \d+\.00 EUR, and nobody listens/, /Cancelled \d \(\d lost\)/],
    ['Replay in order', /2 parcels go to an address that the customer had given up/, /Handled 12 \(2 lost\)/],
  ])(
    '%s: a button, a picture of both sides, and a sentence of what the naive one has lost',
    async (title, sentence, picture) => {
      const page = await open();
      const lesson = page.getByRole('article', { name: title });
      await lesson.getByRole('button', { name: `Run: ${title}` }).click();
      await lesson.getByText(sentence).waitFor(RUN);
      await lesson.getByRole('img', { name: new RegExp(`^Naive: .*${picture.source}`) }).waitFor();
      await lesson.getByRole('img', { name: /^Waybill: (?!.*(lost|twice))/ }).waitFor();
      await lesson.getByText(/^Step by step \(\d+\)$/).waitFor();
      expect(await complaints(page)).toEqual([]);
    },
    120_000,
  );

  it('is there again, with picture and outcome, when the page is loaded again while it runs and after that', async () => {
    const page = await open();
    const lesson = page.getByRole('article', { name: 'Dual write' });
    const button = lesson.getByRole('button');
    await lesson.getByText('Not run yet.').or(lesson.locator('.facts-of-run')).first().waitFor();
    await button.click();
    await lesson.getByText('Running').waitFor();
    await page.reload();
    const sentence = lesson.getByText(/committed 10 orders and published 7/);
    await lesson.getByText('Running').or(sentence).first().waitFor();
    await sentence.waitFor(RUN);
    await page.reload();
    await sentence.waitFor();
    expect(await button.textContent()).toBe('Run again');
    await lesson.getByRole('img', { name: /^Naive: .*Committed 3 \(3 lost\).*Shipped 7/ }).waitFor();
  }, 120_000);

  it('leaves the naive version out where it is switched off, by keyboard, and keeps that in the address', async () => {
    const page = await open();
    await page.getByRole('switch', { name: 'run the naive version, too' }).focus();
    await page.keyboard.press('Space');
    await page.waitForURL('**/learn?naive=off');
    const lesson = page.getByRole('article', { name: 'Compensation' });
    await lesson.getByRole('button', { name: /^Run.*: Compensation$/ }).focus();
    await page.keyboard.press('Enter');
    await until(async () => (await lesson.getByRole('img').count()) === 1, {
      what: 'the run without the naive version',
    });
    await lesson.getByText(/2 refunds, 0 reservations left over/).waitFor(RUN);
    expect(await lesson.getByText('Naive', { exact: true }).count()).toBe(0);
  }, 120_000);

  it.each<Look>(['light', 'dark', 'narrow'])('is clean by axe-core and fits, %s', async (look) => {
    const page = await open('/console/learn', look);
    await page.getByRole('heading', { name: 'Replay in order' }).waitFor();
    expect(await complaints(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });
});
