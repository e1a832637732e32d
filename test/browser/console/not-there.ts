import { endedIncident } from './incidents.js';
import type { TestedConsole } from './tested-console.js';

export function notThereTests({ system, open }: TestedConsole): void {
  it('tells a service that does not answer from one that has nothing to say', async () => {
    const { id } = await system().placeAndWait({ customerId: 'away' });
    const page = await open(`/console/orders/${id}`);
    await page.getByText('saga completed').waitFor();
    await system().services.shipping.end();
    try {
      await page.reload();
      await page.getByText('What the shipping service knows of this order is missing below.').waitFor();
      await page.getByTitle('The shipping service does not answer').waitFor();
      await page.goto(`${system().services.order.url}/console/incidents`);
      await page.getByRole('heading', { name: 'The shipping service does not answer' }).waitFor();
    } finally {
      await system().services.shipping.start();
    }
    await endedIncident(page, 'shipping', 'Nothing was measured').first().waitFor();
    expect(await page.getByRole('heading', { name: 'The shipping service does not answer' }).count()).toBe(0);
  }, 120_000);

  it('says of an address at which nothing is that nothing is there', async () => {
    const page = await open('/console/nowhere');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await page.goto(`${system().services.order.url}/console/dead-letters?service=nobody`);
    await page.getByText('There is no such service.').waitFor();
    for (const path of ['audit', 'incidents']) {
      await page.goto(`${system().services.order.url}/console/${path}?service=nobody`);
      await page.getByText('There is no such service.').waitFor();
    }
  });

  it('says of an address that is none what is wrong with it', async () => {
    const page = await open('/console/orders?search=%00');
    await page.getByText('The URL must not contain the NUL character.').waitFor();
    await page.goto(`${system().services.order.url}/console/orders?q=a%20b`);
    await page.getByText("The orders can't be listed.").waitFor();
    await page.getByText('must be 1 to 64 letters, digits, _ or -').waitFor();
  });

  it('says of a part of the page that could not be loaded that it could not, and shows it when it can', async () => {
    const page = await open('/console/orders');
    await page.getByPlaceholder('Order id or customer id').waitFor();
    const part = /\/console\/assets\/flow-/;
    await page.route(part, (route) => route.fulfill({ status: 503 }));
    await page.getByRole('link', { name: 'Flow' }).click();
    await page.getByText("This can't be shown.").waitFor();
    await page.unroute(part);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Flow' }).waitFor();
  });
}
