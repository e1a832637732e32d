import { didInWords, settingsInWords, wordsFor } from './dial-words.js';

describe('the words for a dial', () => {
  it('say what it is set to as a person would', () => {
    expect(settingsInWords('kill-app', { app: 'payment', every: '10' })).toBe('payment, every 10 s');
    expect(settingsInWords('failing-provider', { provider: 'payments', share: '50', moment: 'after' })).toBe(
      'payment provider, 50 %, after it has acted',
    );
    expect(settingsInWords('slow-broker', { delay: '2000' })).toBe('each by 2 s');
  });

  it('count what it did', () => {
    expect([didInWords('kill-app', 1), didInWords('kill-app', 0), didInWords('load', 1_200)]).toEqual([
      '1 kill',
      '0 kills',
      '1,200 orders placed',
    ]);
  });

  it('are there for a dial of a newer lab', () => {
    expect(wordsFor('unheard-of')).toMatchObject({ title: 'unheard-of' });
    expect(settingsInWords('unheard-of', { what: 'ever' })).toBe('ever');
  });
});
