import type { Response } from 'supertest';

import { Consoles, OWN } from '../testing/consoles.js';

describe('the live stream', () => {
  const consoles = new Consoles();

  beforeAll(() => consoles.open());
  afterAll(() => consoles.close());

  it('ends at shutdown, and is refused from then on: no page holds it up', async () => {
    const http = await consoles.start();
    const open = () => http.get('/console/api/live').set(OWN);
    const lasting = open().buffer(false);
    const ended = new Promise((resolve) => {
      lasting.parse((response: Response) => {
        response.once('data', () => consoles.beginShutdown());
        response.once('end', resolve);
      });
    });
    lasting.end();
    await ended;

    const { status, headers, body } = await open();
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({ code: 'STOPPING' });
  }, 20_000);
});
