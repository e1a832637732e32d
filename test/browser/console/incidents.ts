import { ReserveStock } from '@waybill/contracts';
import { encodeEnvelope } from '@waybill/messaging';
import { newId } from '@waybill/observability';
import type { Locator, Page } from 'playwright-core';

import { publishOn } from '../../system/read-topics.js';
import type { RunningSystem } from '../../system/running-system.js';
import type { TestedConsole } from './tested-console.js';

export function incidentTests({ system, open }: TestedConsole): void {
  it('shows what is wrong from its beginning to its end, leads to where it is mended, and says who did so and why', async () => {
    const page = await open('/console/incidents');
    await page.getByRole('heading', { name: 'Ended' }).waitFor();
    await publishBroken(system());
    const wrong = page
      .getByRole('list', { name: 'Open incidents' })
      .getByRole('listitem')
      .filter({ hasText: 'inventory' });
    await wrong.getByText('1 dead letter', { exact: true }).waitFor();
    expect(await page.getByRole('link', { name: /^Incidents ?\d+$/ }).count()).toBe(1);
    await wrong.getByRole('link', { name: 'Dead letters →' }).click();
    await page.waitForURL('**/console/dead-letters?service=inventory');
    await page.getByRole('row').nth(1).getByRole('link').first().click();
    await page.getByRole('button', { name: 'Discard…' }).click();
    await page.getByLabel('Your name').fill('grace');
    await page.getByLabel('Reason').fill('nobody of ours has sent it');
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await page.getByRole('heading', { name: /discarded/ }).waitFor();
    await page.getByRole('link', { name: /^Incidents/ }).click();
    await endedIncident(page, 'inventory', 'Dead letters wait').getByText('1 dead letter at its worst').waitFor();
    await page.getByRole('link', { name: 'Audit', exact: true }).click();
    const act = page.getByRole('list', { name: 'Acts' }).getByRole('listitem').first();
    await act.getByText('grace').waitFor();
    expect(await act.textContent()).toMatch(/discarded letter \d+ inventory.*nobody of ours has sent it/);
    await page.getByPlaceholder('Who').fill('nobody');
    await page.keyboard.press('Enter');
    await page.getByText('Nobody has done anything like this.').waitFor();
    expect(new URL(page.url()).search).toBe('?who=nobody');
    await page.evaluate('history.back()');
    await act.getByRole('link', { name: /discarded letter/ }).click();
    await page.getByText(/discard by grace: nobody of ours has sent it/).waitFor();
  }, 150_000);
}

/** A command that inventory can't read. */
async function publishBroken(system: RunningSystem): Promise<void> {
  const { topic, type } = ReserveStock;
  const [id, orderId] = [newId(), newId()];
  const envelope = { id, source: '/order', type, time: new Date().toISOString(), correlationId: orderId };
  const headers = encodeEnvelope(envelope, orderId);
  await publishOn(system.broker, [{ topic, key: Buffer.from(orderId), value: Buffer.from('{}'), headers }]);
}

/** As the screen of incidents lists them. */
export function endedIncident(page: Page, service: string, title: string): Locator {
  return page
    .getByRole('list', { name: 'Ended incidents' })
    .getByRole('listitem')
    .filter({ hasText: service })
    .filter({ hasText: title });
}
