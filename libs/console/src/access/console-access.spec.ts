import { ADMIN_TOKEN, Consoles, OWN, signIn } from '../testing/consoles.js';

describe('who may use the console', () => {
  const consoles = new Consoles();
  const { service } = consoles;

  beforeAll(() => consoles.open());
  beforeEach(() => consoles.forget());
  afterAll(() => consoles.close());

  describe('F74 against pages of other sites', () => {
    const foreign: [string, Record<string, string>][] = [
      ['no header of its own', {}],
      ['the origin of another site', { ...OWN, origin: 'https://evil.example' }],
      ['the origin of another port of this machine', { ...OWN, origin: 'http://127.0.0.1:1' }],
      ['an opaque origin', { ...OWN, origin: 'null' }],
      ['word of the browser that it comes from another site', { ...OWN, 'sec-fetch-site': 'cross-site' }],
      [
        'word of the browser that it comes from the same site, another origin',
        { ...OWN, 'sec-fetch-site': 'same-site' },
      ],
    ];

    it.each(foreign)('refuses a change with %s', async (_, headers) => {
      const http = await consoles.start();
      const { body } = await http.post('/console/api/services/order/orders').set(headers).send({}).expect(403);
      expect(body).toMatchObject({ code: 'FOREIGN_ORIGIN' });
      expect(service.asked).toEqual([]);
    });

    it.each(foreign)('refuses to be read with %s', async (_, headers) => {
      await (await consoles.start()).get('/console/api/services/order/orders').set(headers).expect(403);
      expect(service.asked).toEqual([]);
    });

    it('refuses a shop whose pages may place orders: they may not act as operators', async () => {
      const origin = 'https://shop.example.com';
      const http = await consoles.start({}, { allowedOrigins: [origin] });
      await http
        .post('/console/api/services/order/orders')
        .set({ ...OWN, origin })
        .send({})
        .expect(403);
      expect(service.asked).toEqual([]);
    });

    it('refuses a stream of another site', async () => {
      const { body } = await (await consoles.start()).get('/console/api/live').set({ 'sec-fetch-site': 'cross-site' });
      expect(body).toMatchObject({ status: 403, code: 'FOREIGN_ORIGIN' });
    });

    it('refuses a name that it is not known by, as by DNS rebinding', async () => {
      const http = await consoles.start();
      const headers = { ...OWN, host: 'evil.example' };
      await http.get('/console/api/services/order/orders').set(headers).expect(421);
      expect(service.asked).toEqual([]);
    });

    it('answers its own page', async () => {
      const http = await consoles.start();
      await http
        .get('/console/api/services/order/orders')
        .set({ ...OWN, 'sec-fetch-site': 'same-origin' })
        .expect(200);
      expect(service.asked).toHaveLength(1);
    });
  });

  describe('F74 without a token', () => {
    it('takes everyone on this machine for an operator, and answers nobody else', async () => {
      const http = await consoles.start();
      await http
        .get('/console/api/session')
        .set(OWN)
        .expect(200, { role: 'operator', needsToken: false, hasLab: false });
      await http.post('/console/api/services/order/orders').set(OWN).send({}).expect(200);
      const proxied = { ...OWN, 'x-forwarded-for': '10.0.0.7' };
      const { body } = await http.get('/console/api/services/order/orders').set(proxied).expect(403);
      expect(body).toMatchObject({ code: 'THIS_MACHINE_ONLY' });
      expect(service.asked).toHaveLength(1);
    });

    it('takes nobody for an operator who calls it by a name that is not of this machine', async () => {
      const http = await consoles.start({}, { allowedHosts: ['shop.example.com'] });
      const headers = { ...OWN, host: 'shop.example.com' };
      const { body } = await http.get('/console/api/services/order/orders').set(headers).expect(403);
      expect(body).toMatchObject({ code: 'THIS_MACHINE_ONLY' });
      expect(service.asked).toEqual([]);
    });
  });

  describe('F74 with tokens', () => {
    const tokens = { adminToken: ADMIN_TOKEN, readToken: 'secret-read-token' };

    it.each(['/console/api/session', '/console/api/services/order/orders', '/console/api/live'])(
      'shows nobody %s who has not signed in',
      async (path) => {
        const { body } = await (await consoles.start(tokens)).get(path).set(OWN).expect(401);
        expect(body).toMatchObject({ code: 'SIGN_IN' });
        expect(service.asked).toEqual([]);
      },
    );

    it('lets the admin token in by a cookie that scripts and other sites do not have, and hands the token to services alone', async () => {
      const http = await consoles.start(tokens);
      await http.post('/console/api/session').set(OWN).send({ token: 'wrong-token' }).expect(401);
      const cookie = await signIn(http, ADMIN_TOKEN);
      expect(cookie).toMatch(/; HttpOnly; SameSite=Strict;/);
      expect(cookie).not.toContain('Secure');
      expect(cookie).not.toContain(ADMIN_TOKEN);
      const answer = await http
        .post('/console/api/services/order/admin/sagas/7/retry?x=1')
        .set({ ...OWN, cookie, 'idempotency-key': 'k', 'x-other': 'kept here' })
        .send({ who: 'ada', why: 'test' })
        .expect(200);
      expect(JSON.stringify(answer.headers) + answer.text).not.toContain(ADMIN_TOKEN);
      expect(service.asked).toMatchObject([
        {
          method: 'POST',
          url: '/admin/sagas/7/retry?x=1',
          headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'idempotency-key': 'k' },
          body: '{"who":"ada","why":"test"}',
        },
      ]);
      expect(service.asked[0]?.headers).not.toHaveProperty('cookie');
      expect(service.asked[0]?.headers).not.toHaveProperty('x-other');
    });

    it('sends the cookie over TLS alone where a proxy ends TLS', async () => {
      const http = await consoles.start(tokens);
      const headers = { ...OWN, 'x-forwarded-proto': 'https' };
      const answer = await http.post('/console/api/session').set(headers).send({ token: ADMIN_TOKEN }).expect(200);
      expect(String(answer.headers['set-cookie'])).toContain('; Secure');
    });

    it('lets the read token look, and change nothing', async () => {
      const http = await consoles.start(tokens);
      const cookie = await signIn(http, 'secret-read-token');
      await http
        .get('/console/api/session')
        .set({ ...OWN, cookie })
        .expect(200, { role: 'reader', needsToken: true, hasLab: false });
      await http
        .get('/console/api/services/order/orders')
        .set({ ...OWN, cookie })
        .expect(200);
      await http
        .post('/console/api/services/order/admin/dead-letters/preview')
        .set({ ...OWN, cookie })
        .send({})
        .expect(200);
      const changes = ['/orders', '/admin/dead-letters/7/reveal', '/admin/dead-letters/replay', '/admin/sagas/7/force'];
      for (const path of changes) {
        const { body } = await http
          .post(`/console/api/services/order${path}`)
          .set({ ...OWN, cookie })
          .send({})
          .expect(403);
        expect(body).toMatchObject({ code: 'READ_ONLY' });
      }
      expect(service.asked).toHaveLength(2);
    });

    it('lets nobody change anything where it is read-only', async () => {
      const http = await consoles.start({ ...tokens, readOnly: true });
      const cookie = await signIn(http, ADMIN_TOKEN);
      const { body } = await http
        .post('/console/api/services/order/orders')
        .set({ ...OWN, cookie })
        .send({});
      expect(body).toMatchObject({ status: 403, code: 'READ_ONLY' });
    });

    it('forgets who has signed out', async () => {
      const http = await consoles.start(tokens);
      const cookie = await signIn(http, ADMIN_TOKEN);
      const { headers } = await http
        .delete('/console/api/session')
        .set({ ...OWN, cookie })
        .expect(204);
      expect(String(headers['set-cookie'])).toMatch(/^waybill_console=;.*Max-Age=0/);
    });
  });
});
