import type { Page } from 'playwright-core';

import { until } from '../../system/until.js';
import type { TestedConsole } from './tested-console.js';

export function stuckOrderTests({ system, open }: TestedConsole): void {
  it('forces a stuck step with a reason, which stays in sight', async () => {
    const { id, page } = await stuckOrder('forced');
    await page.getByText('The provider refuses to refund this charge').first().waitFor();
    await page.getByRole('heading', { name: 'needs an operator' }).waitFor();
    await act(page, 'Force', 'refunded by hand');
    await page.getByRole('heading', { name: /rejected/ }).waitFor();
    await page.getByText(/by ada: refunded by hand/).waitFor();
    expect((await system().order(id)).status).toBe('REJECTED');
  }, 150_000);

  it('says of a step that was skipped that an operator did so, and what is held by it', async () => {
    const { page } = await stuckOrder('skipped');
    const payment = page
      .getByRole('list', { name: 'Saga' })
      .getByRole('listitem')
      .filter({ hasText: 'process payment' });
    const held = payment.getByText(/^€\d+\.\d\d charged, and still held\.$/);
    await payment.getByText('compensation failed').waitFor();
    await held.waitFor();
    await act(page, 'Skip', 'goodwill');
    await payment.getByText('skipped by an operator').waitFor();
    await held.waitFor();
    expect(await payment.getByText('compensation failed').count()).toBe(0);
  }, 150_000);

  /** The page of an order whose refund the provider refuses for good. */
  async function stuckOrder(customerId: string): Promise<{ readonly id: string; readonly page: Page }> {
    const shippingAddress = {
      name: 'Ada Example',
      line1: '1 Example Street',
      city: 'Berlin',
      postalCode: '00000',
      country: 'DE',
    };
    const { body } = await system().place({ customerId, paymentMethod: 'pm_card_refund_fails', shippingAddress });
    await until(async () => (await system().saga(body.id)).status === 'COMPENSATION_FAILED', {
      timeoutMs: 90_000,
      what: 'the saga to be stuck',
    });
    return { id: body.id, page: await open(`/console/orders/${body.id}`) };
  }
}

async function act(page: Page, action: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: `${action}…` }).click();
  await page.getByLabel('Your name').fill('ada');
  await page.getByLabel('Reason').fill(reason);
  await page.getByRole('button', { name: action, exact: true }).click();
}
