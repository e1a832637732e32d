import { Consoles } from '../testing/consoles.js';

describe('the page of the console', () => {
  const consoles = new Consoles();

  beforeAll(() => consoles.open());
  afterAll(() => consoles.close());

  it('is where / leads, at every address of a screen, and runs its own script alone', async () => {
    const http = await consoles.start();
    await http.get('/').expect(302).expect('location', '/console/');
    const { headers, text } = await http
      .get('/console/orders/7')
      .expect(200)
      .expect('content-type', /text\/html/);
    expect(text).toContain('<title>Waybill</title>');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'; style-src 'self'/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-frame-options']).toBe('DENY');
    await http
      .get('/console/assets/app.js')
      .expect(200)
      .expect('content-type', /javascript/);
  });

  it.each([
    ['GET', '/console/api'],
    ['GET', '/console/api/'],
    ['GET', '/console/api/audit?service=payment'],
    ['GET', '/console/API/services'],
    ['GET', '/console/api/services/order'],
    ['POST', '/console/api/orders'],
    ['DELETE', '/console/api/session/1'],
  ])('is no answer to those who ask for data: %s %s', async (method, path) => {
    const http = await consoles.start();
    const call = method === 'GET' ? http.get : method === 'POST' ? http.post : http.delete;
    const { body } = await call
      .call(http, path)
      .expect(404)
      .expect('content-type', /^application\/problem\+json/);
    expect(body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it.each(['/console/assets/..%2findex.html', '/console/assets/index.html', '/console/assets/__proto__'])(
    'has no part %s',
    async (path) => {
      const { body } = await (await consoles.start()).get(path);
      expect(body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    },
  );
});
