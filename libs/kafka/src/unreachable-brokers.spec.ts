import { UnreachableBrokers } from './unreachable-brokers.js';

const [ONE, TWO] = [1, 2];
const SESSION_MS = 10_000;

describe('brokers that can’t be reached', () => {
  const error = new Error('connect ECONNREFUSED');
  let now: number;
  let told: (Error | 'progress')[];
  let brokers: UnreachableBrokers;

  beforeEach(() => {
    [now, told] = [0, []];
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    brokers = new UnreachableBrokers(SESSION_MS, {
      onProgress: () => void told.push('progress'),
      onUnreachable: (one) => void told.push(one),
    });
  });

  afterEach(() => jest.restoreAllMocks());

  function failFor(ms: number): void {
    for (const end = now + ms; now < end; now += 1_000) brokers.failed(ONE, error);
    brokers.failed(ONE, error);
  }

  it('are no news while their lanes may still be given to others', () => {
    failFor(2 * SESSION_MS - 1_000);
    brokers.progressed();
    expect(told).toEqual(['progress']);
  });

  it('are told after two sessions, and whatever others bring is no progress until they answer', () => {
    failFor(2 * SESSION_MS);
    brokers.answered(TWO);
    brokers.progressed();
    expect(told).toEqual([error]);
    brokers.answered(ONE);
    brokers.progressed();
    failFor(SESSION_MS);
    expect(told).toEqual([error, 'progress']);
  });

  it('are forgotten once they are asked no more', () => {
    failFor(2 * SESSION_MS);
    now += 2 * SESSION_MS + 1;
    brokers.progressed();
    expect(told).toEqual([error, 'progress']);
  });
});
