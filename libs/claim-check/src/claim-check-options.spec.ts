import { resolveClaimCheck } from './claim-check-options.js';

it('refuses all that is wrong at once, and shows nothing of the URL (F54)', () => {
  const wrong = () => resolveClaimCheck({ url: 'http://u:secret@store/', poolSize: Number.NaN, retentionMs: -1 });
  expect(wrong).toThrow(/retentionMs must be .*, got -1\n.*poolSize must be .*, got NaN\n.*url must be file:/);
  expect(wrong).not.toThrow('secret');
});

it.each([undefined, ''])('has no store where the URL is %p', (url) => {
  expect(resolveClaimCheck({ url }).url).toBeUndefined();
});
