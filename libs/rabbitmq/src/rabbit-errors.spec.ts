import { isNotFound, toRabbitError } from './rabbit-errors.js';

const answer = (code: number, text: string) => toRabbitError(Object.assign(new Error(text), { code }));

it('what is not up yet after a restart of the broker is not taken for missing', () => {
  expect(isNotFound(answer(404, "NOT_FOUND - no queue 'a' in vhost '/'"))).toBe(true);
  const starting = "NOT_FOUND - home node 'rabbit@a' of durable queue 'a' in vhost '/' is down or inaccessible";
  expect(isNotFound(answer(404, starting))).toBe(false);
});
