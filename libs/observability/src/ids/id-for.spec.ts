import { idFor } from './id-for.js';

describe('idFor', () => {
  it('gives one id for a kind and a name, for ever', () => {
    expect(idFor('payment', 'o-1')).toBe(idFor('payment', 'o-1'));
    expect(idFor('payment', 'o-1')).toBe('42055ce4-94dd-506f-8a4a-7bf7a9fa7d08');
    expect(new Set([idFor('payment', 'o-1'), idFor('shipment', 'o-1'), idFor('payment', 'o-2')]).size).toBe(3);
  });
});
