/** As `GET /admin/outbox` lists it. */
export const REFUSED_MESSAGE = {
  id: '01a224a9-6c9d-70de-aeed-132c3dea4994',
  topic: 'payment.events',
  key: 'o-1',
  type: 'payment.charged.v1',
  reason: 'The request included a message larger than the max message size the server will accept',
  refusals: 1,
  refusedAt: '2026-01-01T00:00:00Z',
  waitingBehind: 2,
};
