import { maskMessage, maskPersonal } from './mask-personal.js';

describe('maskPersonal', () => {
  const data = { id: 1, address: { name: 'Ada', line1: 'X' }, items: [{ sku: 'S', note: 'n' }, { sku: 'T' }] };

  it.each<[string, readonly string[], unknown]>([
    ['nothing without a pointer', [], data],
    ['a field with all that is in it', ['/address'], { ...data, address: '***' }],
    ['a field deeper down', ['/address/name'], { ...data, address: { name: '***', line1: 'X' } }],
    ['a field of every element', ['/items/*/note'], { ...data, items: [{ sku: 'S', note: '***' }, { sku: 'T' }] }],
    ['every element', ['/items/*'], { ...data, items: ['***', '***'] }],
    ['nothing where the field is missing', ['/phone', '/phone/home'], data],
    ['everything at the root', [''], '***'],
    ['nothing of a field whose name is only like it', ['/a~1b'], data],
  ])('F38 masks %s', (_, pointers, masked) => {
    expect(maskPersonal(data, pointers)).toEqual(masked);
  });

  it.each<[string, unknown]>([
    ['a string in place of an object', 'Ada, X Street'],
    ['null', null],
    ['an array', [{ name: 'Ada' }]],
  ])('F38 masks %s whole, because a personal field in a wrong shape is still personal', (_, address) => {
    expect(maskPersonal({ address }, ['/address/name'])).toEqual({ address: '***' });
  });

  it('F38 masks a field whose name has the characters that pointers escape', () => {
    expect(maskPersonal({ 'a/b~c': 'Ada', id: 1 }, ['/a~1b~0c'])).toEqual({ 'a/b~c': '***', id: 1 });
  });

  it('F38 masks an object where an array was expected', () => {
    expect(maskPersonal({ items: { 0: { note: 'n' } } }, ['/items/*/note'])).toEqual({ items: '***' });
  });

  it('leaves the original alone, and a field named __proto__ harmless', () => {
    const given: unknown = JSON.parse('{"__proto__": {"name": "Ada"}, "address": {"name": "Ada"}}');
    maskPersonal(given, ['/address/name']);
    expect(JSON.stringify(given)).toContain('"address":{"name":"Ada"}');
    expect(maskPersonal({}, ['/__proto__/name'])).toEqual({});
  });
});

describe('maskMessage', () => {
  const data = { id: 7, customer: { name: 'Ada' }, note: 'call 0171' };
  const schema = { type: 'object', properties: { id: {}, customer: {} } };
  const contract = { type: 'order.placed.v2', personal: ['/customer/name'], schema };

  it('F38 masks what the contract calls personal, and fields that it does not have', () => {
    expect(maskMessage(data, 'order.placed.v2', [contract])).toEqual({ id: 7, customer: { name: '***' }, note: '***' });
  });

  it.each(['order.placed.v1', 'order.shipped.v2'])(
    'F38 shows only the shape of %s, which no contract speaks for',
    (type) => {
      expect(maskMessage(data, type, [contract])).toEqual({ id: 7, customer: { name: '***' }, note: '***' });
      expect(JSON.stringify(maskMessage(data, type, [{ ...contract, personal: [] }]))).not.toContain('Ada');
    },
  );
});
