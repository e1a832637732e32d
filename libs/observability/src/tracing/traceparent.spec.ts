import { childTraceparent, newTraceparent, parseTraceparent } from './traceparent.js';

it('starts a trace that parses', () => {
  expect(parseTraceparent(newTraceparent())).toMatchObject({ sampled: true });
});

it('keeps the trace and the sampling decision in a child, and gives it a span of its own', () => {
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
  const child = childTraceparent(parent);
  expect(parseTraceparent(child)).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', sampled: false });
  expect(parseTraceparent(child)?.spanId).not.toBe('b7ad6b7169203331');
});

it.each([
  undefined,
  '',
  'garbage',
  '00-00000000000000000000000000000000-b7ad6b7169203331-01',
  '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
  'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01',
])('starts a new trace where the parent is %s', (parent) => {
  expect(parseTraceparent(parent)).toBeUndefined();
  expect(parseTraceparent(childTraceparent(parent))).toBeDefined();
});

it('draws no span id twice', () => {
  const parent = newTraceparent();
  expect(new Set(Array.from({ length: 5000 }, () => childTraceparent(parent))).size).toBe(5000);
});
