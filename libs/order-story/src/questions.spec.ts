import type { TimelineEntry } from './bodies.js';
import { questionsAbout } from './questions.js';

const entry = (kind: TimelineEntry['kind'], messageId: string | null): TimelineEntry => ({
  at: '2026-11-25T10:00:00.000Z',
  service: 'order',
  kind,
  type: 't',
  messageId,
  causationId: null,
  detail: null,
});

describe('what the services are asked about an order', () => {
  it('is what each of them has sent, and has taken of the others', () => {
    const timeline = [entry('http', 'h'), entry('saga', null), entry('command', 'c'), entry('event', 'e')];
    const [order, payment, ...others] = questionsAbout('o', timeline);
    expect(order).toEqual({
      service: 'order',
      sent: '/admin/outbox/messages?ids=c&key=o',
      taken: '/admin/inbox?sources=/payment,/inventory,/shipping&ids=e',
      letters: '/admin/dead-letters?state=any&key=o&limit=200',
      parked: '/admin/parked-keys?key=o&limit=20',
    });
    expect(payment).toMatchObject({
      service: 'payment',
      sent: '/admin/outbox/messages?ids=e&key=o',
      taken: '/admin/inbox?sources=/order&ids=c',
    });
    expect(others.map(({ service }) => service)).toEqual(['inventory', 'shipping']);
  });

  it('names no more ids than the services take, the newest', () => {
    const many = Array.from({ length: 250 }, (_, index) => entry('command', `c${index}`));
    const [order, payment] = questionsAbout('o', many);
    expect(order?.taken).toBeUndefined();
    expect(payment?.sent).toBe('/admin/outbox/messages?key=o');
    expect(payment?.taken?.split('ids=')[1]?.split(',')).toEqual(many.slice(-200).map(({ messageId }) => messageId));
  });
});
