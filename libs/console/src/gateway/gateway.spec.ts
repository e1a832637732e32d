import { ADMIN_TOKEN, Consoles, OWN, signIn } from '../testing/consoles.js';

describe('the gateway of the console', () => {
  const consoles = new Consoles();
  const { service } = consoles;

  beforeAll(() => consoles.open());
  beforeEach(() => consoles.forget());
  afterAll(() => consoles.close());

  it.each([
    ['GET', '/metrics'],
    ['GET', '/admin/unknown'],
    ['GET', '/orders/1/../../metrics'],
    ['GET', '/orders/%2e%2e%2fmetrics'],
    ['DELETE', '/orders/1'],
    ['POST', '/admin/catalogue/publish'],
    ['GET', '//evil.example/orders'],
  ])('passes on no %s %s', async (method, path) => {
    const http = await consoles.start();
    const call = method === 'GET' ? http.get : method === 'POST' ? http.post : http.delete;
    await call.call(http, `/console/api/services/order${path}`).set(OWN).expect(404);
    expect(service.asked).toEqual([]);
  });

  it('knows the services that it is told of, and no other', async () => {
    const { body } = await (await consoles.start()).get('/console/api/services/evil/orders').set(OWN).expect(404);
    expect(body).toMatchObject({ code: 'SERVICE_NOT_FOUND' });
  });

  it('says that a service does not answer, and never an empty list', async () => {
    const http = await consoles.start();
    const { body } = await http.get('/console/api/services/payment/admin/dead-letters').set(OWN).expect(502);
    expect(body).toMatchObject({ code: 'SERVICE_UNREACHABLE', detail: "The payment service can't be reached." });
  });

  it('hands on the status and problem of a service, and runs nothing of it as a page', async () => {
    const http = await consoles.start();
    service.answer = { status: 409, body: '{"code":"X"}', headers: { 'content-type': 'application/problem+json' } };
    await http.get('/console/api/services/order/orders').set(OWN).expect(409, { code: 'X' });
    service.answer = {
      status: 200,
      body: '"<script>"',
      headers: { 'content-type': 'text/html', 'set-cookie': 'a=b' },
    };
    const { headers } = await http.get('/console/api/services/order/orders').set(OWN).expect(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(headers).not.toHaveProperty('set-cookie');
  });

  it('follows a service nowhere with the token', async () => {
    const http = await consoles.start({ adminToken: ADMIN_TOKEN });
    const cookie = await signIn(http, ADMIN_TOKEN);
    service.answer = { status: 302, body: '', headers: { location: `${consoles.url}/elsewhere` } };
    await http
      .get('/console/api/services/order/orders')
      .set({ ...OWN, cookie })
      .expect(502);
    expect(service.asked.map(({ url }) => url)).toEqual(['/orders']);
  });
});
