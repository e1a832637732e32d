import { databaseUrl } from '@waybill/database';
import { testDatabaseServer } from '@waybill/embedded/testing';

import { storePaymentLetters } from '../../system/payment-letters.js';
import { until } from '../../system/until.js';
import type { TestedConsole } from './tested-console.js';

export function heldOrderTests({ system, open }: TestedConsole): void {
  it("shows an order's dead letters and parked keys in their place in time", async () => {
    const { id } = await system().placeAndWait({ customerId: 'held' });
    await storePaymentLetters({
      databaseUrl: databaseUrl(testDatabaseServer(), `${system().databasePrefix}payment`),
      group: 'payment',
      topic: 'payment.commands',
      letters: 2,
      orders: [id],
    });
    const page = await open(`/console/orders/${id}`);
    const happened = page.getByRole('list', { name: 'What happened' });
    const parked = happened.getByRole('listitem').filter({ hasText: 'key parked' });
    await parked.getByText(/2 messages, behind/).waitFor();
    expect(await happened.getByRole('listitem').filter({ hasText: 'PaymentGatewayError' }).count()).toBe(2);
    await parked.getByRole('link', { name: /^letter \d+, dead$/ }).click();
    await page.getByRole('heading', { name: /^Letter \d+ of payment dead/ }).waitFor();
    await page.getByRole('button', { name: 'Discard…' }).click();
    await page.getByLabel('Your name').fill('ada');
    await page.getByLabel('Reason').fill('a test');
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await page.getByRole('heading', { name: /discarded/ }).waitFor();
    await page.goBack();
    await parked.getByText(/1 message, behind/).waitFor();
  });

  it('draws how a step was undone on the line of what it did', async () => {
    const { id } = await system().placeAndWait({
      customerId: 'undone',
      items: [{ sku: 'SKU-LIMITED-10', quantity: 100 }],
    });
    const page = await open(`/console/orders/${id}`);
    const payment = page
      .getByRole('list', { name: 'Saga' })
      .getByRole('listitem')
      .filter({ hasText: 'process payment' });
    await payment.getByText('by 1 command').waitFor();
    await payment.getByRole('img', { name: /^took .+, undone in / }).waitFor();
  });

  it("shows a message's true data to who says why, and that on record", async () => {
    const { id } = await system().placeAndWait({ customerId: 'revealed' });
    const page = await open(`/console/orders/${id}`);
    await page.getByRole('button', { name: /order to shipping shipping\.create-shipment\.v1/ }).click();
    await page.getByText('Personal fields are masked.').waitFor();
    expect(await page.content()).not.toContain('1 Example Street');
    await page.getByRole('button', { name: 'Reveal…' }).click();
    await page.getByLabel('Your name').fill('ada');
    await page.getByLabel('Reason').fill('the carrier asks');
    await page.getByRole('button', { name: 'Reveal', exact: true }).click();
    await page.getByText('As it was sent. That you see it is on record.').waitFor();
    expect(await page.getByLabel('JSON').textContent()).toContain('1 Example Street');
    await page.reload();
    await page.getByText(/revealed to ada: the carrier asks/).waitFor();
    await until(async () => !(await page.content()).includes('1 Example Street'), { what: 'the mask' });
  });
}
