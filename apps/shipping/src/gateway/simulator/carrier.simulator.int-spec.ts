import { createTestDatabase, testDatabaseServer } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { beginProviderFault, endProviderFault } from '@waybill/simulator';
import { Client } from 'pg';

import { CarrierSimulator } from './carrier.simulator.js';

jest.setTimeout(60_000); // a busy machine is no failure

describe('CarrierSimulator', () => {
  const { signal } = new AbortController();
  let database: TestDatabase;
  let carrier: CarrierSimulator;
  let books: Client;
  let count = 0;

  beforeAll(async () => {
    database = await createTestDatabase('carrier');
    carrier = await CarrierSimulator.open(testDatabaseServer(), new URL(database.url).pathname.slice(1));
    books = new Client({ connectionString: database.url });
    await books.connect();
  });

  afterAll(async () => {
    await carrier.onApplicationShutdown();
    await books.end();
    await database.drop();
  });

  const book = (postalCode: string, idempotencyKey = `key-${(count += 1)}`) => ({
    idempotencyKey,
    outcome: carrier.book(
      {
        idempotencyKey,
        reference: `order of ${idempotencyKey}`,
        items: [{ sku: 'SKU-1', quantity: 2 }],
        address: { name: 'Ada Example', line1: '1 Example Street', city: 'Exampleton', postalCode, country: 'DE' },
      },
      signal,
    ),
  });
  const cancel = (bookingKey: string) => carrier.cancel({ bookingKey }, signal);

  it('books once per idempotency key, however often and however many at once ask', async () => {
    const { idempotencyKey, outcome } = book('12345');
    const again = book('12345', idempotencyKey);
    expect(await outcome).toMatchObject({ kind: 'booked' });
    expect(await again.outcome).toEqual(await outcome);
    const { rows } = await books.query('SELECT status, calls FROM booking WHERE idempotency_key = $1', [
      idempotencyKey,
    ]);
    expect(rows).toEqual([{ status: 'booked', calls: 2 }]);
  });

  it('keeps beside a booking whose it is', async () => {
    const { idempotencyKey, outcome } = book('12345');
    await outcome;
    const { rows } = await books.query('SELECT reference FROM booking WHERE idempotency_key = $1', [idempotencyKey]);
    expect(rows).toEqual([{ reference: `order of ${idempotencyKey}` }]);
  });

  it('refuses the postal code 00000', async () => {
    expect(await book('00000').outcome).toMatchObject({ kind: 'refused', code: 'CARRIER_REFUSED' });
  });

  it('fails three times per key, then works', async () => {
    const { idempotencyKey, outcome } = book('00003');
    await expect(outcome).rejects.toMatchObject({ code: 'CARRIER_FAILED' });
    await expect(book('00003', idempotencyKey).outcome).rejects.toThrow();
    await expect(book('00003', idempotencyKey).outcome).rejects.toThrow();
    expect(await book('00003', idempotencyKey).outcome).toMatchObject({ kind: 'booked' });
  });

  it('cancels once, also a booking whose caller never heard of it (F23)', async () => {
    const lost = book('00005');
    await expect(lost.outcome).rejects.toThrow();
    expect(await cancel(lost.idempotencyKey)).toEqual({ kind: 'cancelled' });
    expect(await cancel(lost.idempotencyKey)).toEqual({ kind: 'cancelled' });
    const { rows } = await books.query('SELECT status FROM booking WHERE idempotency_key = $1', [lost.idempotencyKey]);
    expect(rows).toEqual([{ status: 'cancelled' }]);
  });

  it('calls a booking off for ever when its cancellation comes first (F23)', async () => {
    expect(await cancel('never-booked')).toEqual({ kind: 'cancelled' });
    expect(await book('12345', 'never-booked').outcome).toMatchObject({ kind: 'refused', code: 'CANCELLED' });
  });

  it('fails a cancellation three times, then cancels (F22)', async () => {
    const { idempotencyKey, outcome } = book('00006');
    await outcome;
    for (const _ of [1, 2, 3]) await expect(cancel(idempotencyKey)).rejects.toThrow();
    expect(await cancel(idempotencyKey)).toEqual({ kind: 'cancelled' });
  });

  it('refuses a cancellation for good, or until an operator asks again (F22)', async () => {
    const never = book('00007');
    await never.outcome;
    expect(await cancel(never.idempotencyKey)).toMatchObject({ kind: 'refused', code: 'CANCELLATION_REFUSED' });
    expect(await cancel(never.idempotencyKey)).toMatchObject({ kind: 'refused' });
    const once = book('00008');
    await once.outcome;
    expect(await cancel(once.idempotencyKey)).toMatchObject({ kind: 'refused' });
    expect(await cancel(once.idempotencyKey)).toEqual({ kind: 'cancelled' });
  });

  it('keeps no personal data in its books (F38)', async () => {
    await book('12345').outcome;
    const { rows } = await books.query('SELECT row_to_json(b)::text AS row FROM booking b');
    expect(JSON.stringify(rows)).not.toMatch(/Ada|Example Street|Exampleton/);
  });

  it('fails after it has booked where its table of faults says so, and is repeated until that ends', async () => {
    await books.query(beginProviderFault.text, ['failing', 100, 0, 'after', 60]);
    let failed = false;
    let key = '';
    while (!failed) {
      const { idempotencyKey, outcome } = book('10115'); // what is known of the table may be a second old
      key = idempotencyKey;
      failed = await outcome.then(
        () => false,
        () => true,
      );
    }
    await expect(cancel(key)).rejects.toThrow(key);
    await books.query(endProviderFault.text, ['failing']);
    for (let again = false; !again;) {
      again = await book('10115', key).outcome.then(
        ({ kind }) => kind === 'refused', // it was cancelled, though nobody was told
        () => false,
      );
    }
  });
});
