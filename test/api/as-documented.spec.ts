import { assertDocumented } from './as-documented.js';

const AT = 'http://127.0.0.1:3001';
const problem = (status: number, code: string): object => ({
  type: 'about:blank',
  title: 'No',
  status,
  code,
  detail: 'Why.',
});

describe('an answer that a test gets', () => {
  it.each([
    ['a status that is not described', '/orders', 418, problem(418, 'TEAPOT'), "docs/api doesn't say"],
    ['a code that is not described', '/orders', 400, problem(400, 'SOMETHING_ELSE'), '/code must be equal to one of'],
    [
      'a body without a field that is',
      '/orders',
      200,
      { items: [{ id: 'x' }], nextCursor: null },
      "required property 'status'",
    ],
    [
      'a field of another type',
      '/stock/SKU-1',
      200,
      { sku: 'SKU-1', onHand: '7', reserved: 0, available: 7 },
      '/onHand must be',
    ],
  ])('is refused if it has %s', (_, path, status, body, fault) => {
    expect(() => assertDocumented({ method: 'GET', url: AT + path, status, body })).toThrow(fault);
  });

  it.each([
    [
      'as it is described, by the path with fewer parameters',
      'GET',
      '/admin/dead-letters/count?state=any',
      200,
      { count: 0 },
    ],
    ['with a code that is described', 'GET', '/orders/x', 400, problem(400, 'VALIDATION_FAILED')],
    ['where nothing describes the path', 'GET', '/notes', 200, {}],
    ['where nothing describes the method', 'DELETE', '/orders', 405, problem(405, 'METHOD_NOT_ALLOWED')],
  ])('is taken %s', (_, method, path, status, body) => {
    expect(() => assertDocumented({ method, url: AT + path, status, body })).not.toThrow();
  });
});
