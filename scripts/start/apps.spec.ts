import { appsFrom } from './apps.js';

describe('the apps and their ports', () => {
  it('are 3001 to 3004 unless the environment says otherwise', () => {
    expect(appsFrom({ PAYMENT_PORT: '4711' }).map(({ port }) => port)).toEqual([3001, 4711, 3003, 3004]);
  });

  it('are refused if two of them are the same, also one given and one by default', () => {
    expect(() => appsFrom({ SHIPPING_PORT: '3001' })).toThrow('ORDER_PORT and SHIPPING_PORT are both 3001');
  });
});
