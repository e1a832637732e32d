import type { TestedConsole } from './tested-console.js';

/** What a browser keeps from a page that came by plain HTTP from another machine. */
const WITHHELD = `
  Object.defineProperty(window, 'isSecureContext', { value: false });
  delete Crypto.prototype.randomUUID;
  delete Crypto.prototype.subtle;
  delete Navigator.prototype.clipboard;
  delete Navigator.prototype.serviceWorker;
  delete Navigator.prototype.locks;`;

export function plainHttpTests({ system, open }: TestedConsole): void {
  it('places, cancels and shows orders where it was opened by plain HTTP from another machine', async () => {
    const { body } = await system().place({ customerId: 'plain', paymentMethod: 'pm_card_timeout_after_always' });
    const page = await open('/console/shop');
    await page.context().addInitScript(WITHHELD);
    await page.reload();
    await page.getByRole('button', { name: 'Place: Goes well' }).click();
    await page
      .locator('.session')
      .getByText(/1 fulfilled/)
      .waitFor();
    await page.goto(`${system().services.order.url}/console/orders/${body.id}`);
    await page.getByText(body.id).first().waitFor();
    await page.getByRole('button', { name: 'Cancel order…' }).click();
    await page.getByLabel('Your name').fill('ada');
    await page.getByLabel('Reason').fill('ordered twice');
    await page.getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByRole('heading', { name: /cancelled/ }).waitFor();
    expect(await page.getByRole('button', { name: /^Copy/ }).count()).toBe(0);
  });
}
