import { ADMIN_TOKEN, Consoles, OWN, signIn } from '../testing/consoles.js';

describe('the lab, by the console', () => {
  const consoles = new Consoles();
  const { service } = consoles;

  beforeAll(() => consoles.open());
  beforeEach(() => consoles.forget());
  afterAll(() => consoles.close());

  const LAB_TOKEN = 'secret-token-of-one-start-alone';
  const withLab = () => ({
    adminToken: ADMIN_TOKEN,
    readToken: 'secret-read-token',
    lab: { url: consoles.url, token: LAB_TOKEN },
  });

  it('is asked with the token of its own, and by operators alone to change anything', async () => {
    const http = await consoles.start(withLab());
    const [operator, reader] = [await signIn(http, ADMIN_TOKEN), await signIn(http, 'secret-read-token')];
    const { body } = await http.get('/console/api/session').set({ ...OWN, cookie: reader });
    expect(body).toMatchObject({ role: 'reader', hasLab: true });
    await http
      .get('/console/api/lab/faults')
      .set({ ...OWN, cookie: reader })
      .expect(200);
    for (const change of [
      http.post('/console/api/lab/faults/kill-app'),
      http.delete('/console/api/lab/faults/kill-app'),
    ]) {
      expect((await change.set({ ...OWN, cookie: reader })).body).toMatchObject({ status: 403, code: 'READ_ONLY' });
    }
    await http
      .post('/console/api/lab/faults/kill-app')
      .set({ ...OWN, cookie: operator })
      .send({ seconds: 10 })
      .expect(200);
    await http
      .post('/console/api/lab/faults/kill-app')
      .set({ ...OWN, cookie: operator })
      .type('json')
      .send('null'); // which is something else than nothing: the lab refuses it
    await http
      .delete('/console/api/lab/faults/kill-app')
      .set({ ...OWN, cookie: operator })
      .expect(200);
    expect(service.asked.map(({ method, url, body, headers }) => [method, url, body, headers.authorization])).toEqual([
      ['GET', '/lab/faults', '', `Bearer ${LAB_TOKEN}`],
      ['POST', '/lab/faults/kill-app', '{"seconds":10}', `Bearer ${LAB_TOKEN}`],
      ['POST', '/lab/faults/kill-app', 'null', `Bearer ${LAB_TOKEN}`],
      ['DELETE', '/lab/faults/kill-app', '', `Bearer ${LAB_TOKEN}`],
    ]);
  });

  it('F74 is asked nothing by pages of other sites, by people who have not signed in, and nothing that is not listed', async () => {
    const http = await consoles.start(withLab());
    const cookie = await signIn(http, ADMIN_TOKEN);
    await http.post('/console/api/lab/faults/kill-app').set({ cookie }).send({}).expect(403);
    await http.post('/console/api/lab/faults/kill-app').set(OWN).send({}).expect(401);
    await http
      .delete('/console/api/lab/orders/1')
      .set({ ...OWN, cookie })
      .expect(404);
    await http
      .get('/console/api/services/lab/lab/faults')
      .set({ ...OWN, cookie })
      .expect(404);
    await http
      .get('/console/api/lab/faults/..%2f..%2fhealth')
      .set({ ...OWN, cookie })
      .expect(404);
    expect(service.asked).toEqual([]);
  });

  it('is not there where the console is told of none', async () => {
    const { body } = await (await consoles.start()).get('/console/api/lab/faults').set(OWN);
    expect(body).toMatchObject({ status: 404, code: 'SERVICE_NOT_FOUND' });
  });
});
