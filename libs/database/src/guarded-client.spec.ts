import { GuardedClient } from './guarded-client.js';

describe('a connection', () => {
  it.each([
    ['postgresql://u:p%23w@[::1]:5433/d', '::1', 'p#w'],
    ['postgresql://u:p%40w@db:5433/d', 'db', 'p@w'],
  ])('to %s goes to the host %s with the password as it was meant', (connectionString, host, password) => {
    const client = new GuardedClient({ connectionString });
    expect([client.host, client.port, client.password]).toEqual([host, 5433, password]);
  });
});
