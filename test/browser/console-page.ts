import { readFileSync } from 'node:fs';

import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

import { findChromium } from './chromium.js';

const ARGUMENTS = [
  '--no-sandbox', // CI runs as root
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export type Look = 'light' | 'dark' | 'narrow' | '4k';

const WINDOWS = { narrow: { width: 390, height: 844 }, '4k': { width: 3840, height: 2160 } };
const WINDOW = { width: 1440, height: 900 };

/** A page of the console, and what went wrong in it. */
export interface ConsolePage {
  readonly page: Page;
  /** Errors of the script, of the policy, and requests to anybody else: there are none. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium() ?? '', args: ARGUMENTS });
}

export async function openConsole(browser: Browser, url: string, look: Look = 'light'): Promise<ConsolePage> {
  const context = await browser.newContext({
    viewport: look === 'narrow' || look === '4k' ? WINDOWS[look] : WINDOW,
    colorScheme: look === 'dark' ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // What a service refuses with is an error to the browser, and is shown on the page.
    if (message.type() === 'error' && !/the server responded with a status of/.test(message.text()))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin) && !request.url().startsWith('data:'))
      faults.push(request.url());
  });
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}

const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

/** What axe-core has against the page as it is, rule by rule. */
export async function complaints(page: Page): Promise<readonly string[]> {
  // Run in a world of its own: the page's policy lets no other script in.
  await page.evaluate(`(() => { ${AXE}; globalThis.axe = axe; })()`);
  const violations: { id: string; help: string; nodes: { html: string }[] }[] = await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  );
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** How far the page reaches beyond its window, in pixels. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)');
}
