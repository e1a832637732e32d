// npm run screenshots: the README's pictures of the console, taken of a system that `npm start` runs and that this places orders in.
//   node scripts/screenshots.mjs [URL of the order service] [folder]
// Needs Debian's chromium, or the one that CHROMIUM names.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { chromium } from 'playwright-core';

const [, , url = 'http://localhost:3001', folder = 'docs/images'] = process.argv;
const WINDOW = { width: 1440, height: 860 };
const MUGS = [{ sku: 'SKU-MUG-BLUE', quantity: 1 }];

async function place({ card = 'pm_card_ok', postalCode = '10115', items = MUGS, wait = 20 } = {}) {
  const response = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: `wait=${wait}` },
    body: JSON.stringify({
      customerId: 'ada',
      items,
      shippingAddress: { name: 'Ada Example', line1: '1 Example Street', city: 'Berlin', postalCode, country: 'DE' },
      paymentMethod: card,
    }),
  });
  if (response.status !== 201) throw new Error(`POST /orders answered ${response.status}: ${await response.text()}`);
  return (await response.json()).id;
}

async function shoot(browser, name, path, { colorScheme = 'light', act = async () => {} } = {}) {
  const page = await browser.newPage({ viewport: WINDOW, colorScheme, reducedMotion: 'reduce' });
  await page.goto(`${url}/console/${path}`);
  await page.locator('main h1').first().waitFor();
  await act(page);
  await page.waitForTimeout(2_500); // two looks of the live feed
  await page.evaluate('scrollTo(0, 0)');
  await page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(`${join(folder, name)}.png`);
  await page.close();
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
try {
  await Promise.all([...Array(12)].map(() => place()));
  await place({ card: 'pm_card_declined' });
  await place({ items: [{ sku: 'SKU-SOLD-OUT', quantity: 1 }] });
  await place({ card: 'pm_card_refund_fails', postalCode: '00000', wait: 5 });
  const undone = await place({ card: 'pm_card_flaky_3', postalCode: '00000', wait: 60 });
  await shoot(browser, 'order', `orders/${undone}`, {
    act: (page) => page.getByText('saga failed').or(page.getByText('saga started')).first().waitFor(),
  });
  const traffic = setInterval(() => void place({ wait: 1 }).catch(() => {}), 300);
  try {
    await shoot(browser, 'flow', 'flow', { colorScheme: 'dark' });
    await shoot(browser, 'lab', 'lab', {
      act: async (page) => {
        await page.getByText(/hold, looked at/).waitFor();
        const kill = page.getByRole('listitem', { name: 'Kill an app' });
        await kill.getByRole('combobox', { name: 'App' }).selectOption('payment');
        await kill.getByRole('button').click();
        await page
          .getByRole('button', { name: 'Send: Send a poison message' })
          .or(page.getByRole('button', { name: 'Begin: Send a poison message' }))
          .click();
      },
    });
  } finally {
    clearInterval(traffic);
  }
  await shoot(browser, 'learn', 'learn', {
    act: async (page) => {
      const lesson = page.getByRole('article').first();
      await lesson.getByRole('button').click();
      await lesson.getByRole('table').waitFor({ timeout: 60_000 });
    },
  });
  await shoot(browser, 'dead-letters', 'dead-letters');
} finally {
  await browser.close();
}
