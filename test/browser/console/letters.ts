import { until } from '../../system/until.js';
import type { TestedConsole } from './tested-console.js';

export function letterTests({ system, open }: TestedConsole): void {
  it('finds letters by service, error and time, in the address, and tells none from none that could be asked for', async () => {
    const page = await open('/console/dead-letters');
    await page
      .getByRole('img', { name: /in the last 24 hours, at most/ })
      .first()
      .waitFor();
    await page.getByRole('combobox', { name: 'Service' }).selectOption('payment');
    await page.getByLabel('Part of the error').fill('HUNG UP');
    await page.getByLabel('from').fill('2026-01-01T00:00:00');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(/dead-letters\?service=payment&error=HUNG\+UP&since=2026-/);
    const letters = page.getByRole('row').filter({ hasText: 'the provider hung up' });
    await letters.first().waitFor();
    expect(await letters.count()).toBe((await page.getByRole('row').count()) - 1);
    await page.reload();
    expect(await page.getByLabel('Part of the error').inputValue()).toBe('HUNG UP');
    await page.getByLabel('until').fill('2026-01-02T00:00:00');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('No letter that fits is dead any more.').waitFor();
    await page.goBack();
    await letters.first().waitFor();
    await system().services.shipping.end();
    try {
      await page.getByRole('link', { name: 'All letters' }).click();
      await page.getByText("The shipping service can't show its letters.").waitFor();
      await page.getByText("Those of shipping can't be listed.").waitFor();
      await page.getByRole('link', { name: /ConnectionLostError/ }).waitFor();
    } finally {
      await system().services.shipping.start();
    }
  }, 120_000);

  it('stops a replay, says what became of each letter, and continues it from the list of replays', async () => {
    const page = await open('/console/dead-letters?service=payment&error=hung+up');
    await page.getByLabel('Canary').fill('-3');
    await page.getByRole('button', { name: 'Replay…' }).click();
    expect(await page.getByRole('dialog').count()).toBe(0); // the browser says what is wrong with the number
    await page.getByLabel('Canary').fill('1');
    await page.getByLabel('A second').fill('1');
    await page.getByRole('button', { name: 'Replay…' }).click();
    await page.getByLabel('Your name').fill('ada');
    await page.getByLabel('Reason').fill('to be interrupted');
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped.').waitFor();
    await page.getByRole('heading', { name: 'What became of each letter' }).waitFor();
    const replayed = page.getByRole('row').filter({ has: page.getByText('replayed', { exact: true }) });
    await replayed.first().waitFor();
    const before = await replayed.count();
    await page.goto(`${system().services.order.url}/console/dead-letters`);
    await page
      .getByRole('row', { name: /ada to be interrupted payment/ })
      .getByRole('link')
      .click();
    await page.getByText(/Replay by ada .*: to be interrupted\./).waitFor();
    expect(new URL(page.url()).searchParams.get('error')).toBe('hung up');
    await page.getByRole('button', { name: 'Continue…' }).click();
    await page.getByLabel('Reason').fill('now it may run');
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page.getByText('Done.').waitFor({ timeout: 90_000 });
    await until(async () => (await replayed.count()) > before, { what: 'the outcomes of the rest' });
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption('failed');
    await page.getByText('No letter of it, or none that fits.').waitFor();
  }, 150_000);
}
