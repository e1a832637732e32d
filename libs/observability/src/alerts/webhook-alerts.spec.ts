import { isSigned, receiveWebhooks } from '../testing/webhook-receiver.js';
import type { WebhookReceiver } from '../testing/webhook-receiver.js';
import type { Alert } from './alert.js';
import { WebhookAlerts } from './webhook-alerts.js';
import type { WebhookOptions } from './webhook-alerts.js';
import { signWebhook } from './webhook-signature.js';

const SECRET = `whsec_${Buffer.from('a secret of twenty-four b').toString('base64')}`;

const firing: Alert = {
  incident: '6f1c3d1e-0000-4000-8000-000000000001',
  state: 'firing',
  service: 'payment',
  rule: 'dead-letters',
  subject: 'group=payment',
  severity: 'warning',
  summary: 'Dead letters wait for an operator',
  value: 3,
  peak: 3,
  threshold: 0,
  startedAt: new Date(1_700_000_000_000),
  endedAt: undefined,
};
const resolved: Alert = { ...firing, state: 'resolved', value: 0, endedAt: new Date(1_700_000_100_000) };

describe('the alert webhook', () => {
  let receiver: WebhookReceiver;

  beforeEach(async () => {
    receiver = await receiveWebhooks();
  });

  afterEach(() => receiver.close());

  const webhook = (more: Partial<WebhookOptions> = {}) =>
    new WebhookAlerts({ url: receiver.url, secret: SECRET, retryBaseMs: 10, ...more });

  it('signs as the Standard Webhooks specification does in its example', () => {
    const body = '{"test": 2432232314}';
    const signature = signWebhook(
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      1614265330,
      body,
    );
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('sends beginning and end of an incident, signed, each under an id of its own', async () => {
    const alerts = webhook();
    await alerts.send(firing);
    await alerts.send(resolved);
    expect(receiver.received.map(({ body }) => body.type)).toEqual(['alert.firing', 'alert.resolved']);
    expect(receiver.received.every((received) => isSigned(received, SECRET))).toBe(true);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(2);
    expect(receiver.received[1]?.body.data).toMatchObject({
      rule: 'dead-letters',
      subject: 'group=payment',
      startedAt: '2023-11-14T22:13:20.000Z',
      endedAt: '2023-11-14T22:15:00.000Z',
    });
    expect(Math.abs((receiver.received[0]?.timestamp ?? 0) - Date.now() / 1_000)).toBeLessThan(60);
  });

  it('tries again after 500, 429 and a receiver that hangs, under the same id', async () => {
    receiver.answers.push(500, 429, 'hang');
    await webhook({ timeoutMs: 1_000 }).send(firing);
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
    expect(receiver.received.every((received) => isSigned(received, SECRET))).toBe(true);
  });

  it.each([400, 401, 404, 302])('does not insist after %d', async (status) => {
    receiver.answers.push(status);
    await expect(webhook().send(firing)).rejects.toMatchObject({ code: 'ALERT_WEBHOOK_FAILED' });
    expect(receiver.received).toHaveLength(1);
  });

  it('gives up after its tries, without telling the secret or the URL', async () => {
    receiver.answers.push(503, 503);
    const failure: unknown = await webhook({ attempts: 2 })
      .send(firing)
      .catch((error: unknown) => error);
    await receiver.close();
    const refusal: unknown = await webhook({ attempts: 2 })
      .send(firing)
      .catch((error: unknown) => error);
    expect([String(failure), String(refusal)]).toEqual([
      'WebhookFailedError: The alert webhook failed: it answered 503',
      'WebhookFailedError: The alert webhook failed: fetch failed (ECONNREFUSED)',
    ]);
    expect(JSON.stringify(failure) + JSON.stringify(refusal)).not.toMatch(/url-token|whsec_/);
  });

  it('tries once only behind an alert that did not get through, until one does', async () => {
    receiver.answers.push(503, 503, 503);
    const alerts = webhook({ attempts: 2 });
    const ends = await Promise.allSettled([alerts.send(firing), alerts.send(resolved), alerts.send(firing)]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(receiver.received).toHaveLength(4);
    receiver.answers.push(503);
    await alerts.send(resolved);
    expect(receiver.received).toHaveLength(6);
  });

  it('says that there was no answer in time', async () => {
    receiver.answers.push('hang');
    const sending = webhook({ attempts: 1, timeoutMs: 50 }).send(firing);
    await expect(sending).rejects.toThrow('The alert webhook failed: it gave no answer in time');
  });

  it('keeps the order of the calls, and refuses more than may wait', async () => {
    receiver.answers.push(500);
    const alerts = webhook({ mostWaiting: 2 });
    const sent = [alerts.send(firing), alerts.send(resolved)];
    await expect(alerts.send(firing)).rejects.toMatchObject({ code: 'ALERT_QUEUE_FULL' });
    await Promise.all(sent);
    expect(receiver.received.map(({ body }) => body.type)).toEqual(['alert.firing', 'alert.firing', 'alert.resolved']);
  });
});
