import type { HeldInspection, MessageContract } from '@waybill/messaging';

import { maskedPayload, truePayload } from './payload-view.js';

const contract: MessageContract = {
  kind: 'command',
  topic: 't',
  name: 'order.place',
  version: 2,
  type: 'order.place.v2',
  upcasters: new Map(),
  personal: ['/customer'],
  parse: (data) => data,
};
const reading = (more: Partial<HeldInspection>): HeldInspection => ({
  handler: 'H.h',
  contract,
  upcasts: [],
  ...more,
});
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('what is shown of a payload', () => {
  it('is what the handler would get, without what its contract marks personal', () => {
    const view = maskedPayload(json({ buyer: 'Ada' }), reading({ data: { customer: 'Ada', total: 1 } }));
    expect(view).toEqual({ payloadKind: 'masked', payload: { customer: '***', total: 1 }, payloadBytes: 15 });
  });

  it('F38 is the shape alone of fields that the contract does not have: a newer sender may know them as personal', () => {
    const text = { type: 'string' };
    const item = { type: 'object', properties: { sku: text } };
    const schema = { properties: { customer: text, items: { items: item }, free: { additionalProperties: text } } };
    const items = [{ sku: 'S', engraving: 'Ada' }];
    const data = { customer: 'Ada', items, holder: { name: 'Ada', age: 36 }, free: { any: 'thing' } };
    const { payload } = maskedPayload(json(data), reading({ contract: { ...contract, schema }, data }));
    expect(payload).toEqual({
      customer: '***',
      items: [{ sku: 'S', engraving: '***' }],
      holder: { name: '***', age: 36 },
      free: { any: 'thing' },
    });
  });

  it('is the one that the record refers to, where it travels by reference', () => {
    const payload = json({ customer: 'Ada' });
    const inspection = reading({ payload, unreadable: 'INVALID_MESSAGE_DATA' });
    const view = maskedPayload(Buffer.alloc(0), inspection);
    expect(view).toEqual({ payloadKind: 'masked', payload: { customer: '***' }, payloadBytes: payload.length });
  });

  it('F38, F81 is its shape alone where it does not fit its contract: personal data may be anywhere in it', () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    const value = json({
      customer: 'Ada',
      order: { id, total: 'Ada', lines: ['Ada', 7], card: 4111111111111111 },
      'Ada B': true,
    });
    const { payload } = maskedPayload(value, reading({ unreadable: 'INVALID_MESSAGE_DATA' }));
    const order = { id, total: '***', lines: ['***', 7], card: '***' };
    expect(payload).toEqual({ customer: '***', order, '***': true });
  });

  it.each([
    ['fits its contract', reading({})],
    ['does not', reading({ unreadable: 'INVALID_MESSAGE_DATA' })],
  ])('ends after 32 levels, however deep a payload is that %s', (_, inspection) => {
    const levels = 200_000;
    const value = Buffer.from(`{"a":1,"deep":${'['.repeat(levels)}${']'.repeat(levels)}}`);
    const data: unknown = JSON.parse(value.toString());
    const { payload } = maskedPayload(value, { ...inspection, data });
    expect(JSON.stringify(payload)).toBe(`{"a":1,"deep":${'['.repeat(31)}"***"${']'.repeat(31)}}`);
  });

  it.each<[string, Buffer, HeldInspection]>([
    ['no JSON', Buffer.from('Ada, X Street'), reading({ unreadable: 'INVALID_MESSAGE_DATA' })],
    ['no object', json(['Ada']), reading({ unreadable: 'INVALID_MESSAGE_DATA' })],
    [
      'of a type that nobody here knows',
      json({ customer: 'Ada' }),
      { handler: undefined, contract: undefined, upcasts: [] },
    ],
  ])('F38 is withheld where it is %s', (_, value, inspection) => {
    const view = maskedPayload(value, inspection);
    expect(view).toMatchObject({ payloadKind: 'withheld', payload: { bytes: value.length } });
    expect(JSON.stringify(view)).not.toContain('Ada');
  });

  it('is true to the byte once it is revealed', () => {
    expect(truePayload(Buffer.from('é'))).toEqual({ payloadKind: 'text', payload: 'é', payloadBytes: 2 });
    expect(truePayload(Buffer.from([0xff, 0]))).toMatchObject({ payloadKind: 'base64', payload: '/wA=' });
    expect(truePayload(null)).toEqual({ payloadKind: 'none', payload: null, payloadBytes: 0 });
  });
});
