import { Circuit } from './circuit.js';
import type { CircuitState } from './circuit.js';

const OPTIONS = { keys: 10, failures: 3, failureRate: 0.5, windowMs: 1_000, coolDownMs: 100, maxCoolDownMs: 300 };

describe('a circuit', () => {
  let circuit: Circuit;
  const fail = (...keys: string[]) => keys.forEach((key) => circuit.failed(key));
  const succeed = (...keys: string[]) => keys.forEach((key) => circuit.succeeded(key));

  beforeEach(() => {
    jest.useFakeTimers();
    circuit = new Circuit(OPTIONS);
  });
  afterEach(() => jest.useRealTimers());

  it('F15: is not opened by one poison message, however often it fails', () => {
    for (let attempt = 0; attempt < 1_000; attempt += 1) fail('poison');
    expect(circuit.state).toBe('closed');
    expect(circuit.admits('other')).toBe(true);
  });

  it('opens when enough distinct keys fail, and enough of the latest', () => {
    succeed('a', 'b', 'c', 'd');
    fail('x', 'y', 'z');
    expect(circuit.state).toBe('closed'); // 3 of 7
    fail('x');
    expect(circuit.state).toBe('closed'); // still 3 of 7
    fail('w');
    expect(circuit.state).toBe('open'); // 4 of 8
    expect(circuit.admits('a')).toBe(false);
  });

  it('looks at the latest keys only, so that an hour of success does not hide an outage', () => {
    for (let key = 0; key < 1_000; key += 1) succeed(`k${key}`);
    fail('a', 'b', 'c', 'd');
    expect(circuit.state).toBe('closed'); // 4 of the latest 10
    fail('e');
    expect(circuit.state).toBe('open');
  });

  it('forgets what is older than its window', () => {
    fail('a', 'b');
    jest.advanceTimersByTime(1_001);
    fail('c');
    expect(circuit.state).toBe('closed');
  });

  it('counts a key by its latest outcome', () => {
    fail('a', 'b');
    succeed('a', 'b');
    fail('c');
    expect(circuit.state).toBe('closed');
  });

  it('lets one probe through after the cool-down, and closes by its success', () => {
    const states: CircuitState[] = [];
    circuit.onChange((state) => states.push(state));
    fail('a', 'b', 'c');
    jest.advanceTimersByTime(99);
    expect([circuit.admits('a'), circuit.retryAfterMs]).toEqual([false, 1]);
    jest.advanceTimersByTime(1);
    expect([circuit.admits('b'), circuit.admits('a'), circuit.admits('b')]).toEqual([true, false, true]);
    succeed('b');
    expect([circuit.state, circuit.admits('a')]).toEqual(['closed', true]);
    fail('a', 'b');
    expect(circuit.state).toBe('closed');
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  it('waits twice as long after each probe that fails, up to the bound', () => {
    fail('a', 'b', 'c');
    for (const coolDownMs of [100, 200, 300, 300]) {
      jest.advanceTimersByTime(coolDownMs - 1);
      expect(circuit.state).toBe('open');
      jest.advanceTimersByTime(1);
      circuit.admits('probe');
      fail('not the probe');
      expect(circuit.state).toBe('half-open');
      fail('probe');
      expect([circuit.state, circuit.isProbe('probe')]).toEqual(['open', true]);
    }
  });

  it('takes another probe when one comes to nothing', () => {
    fail('a', 'b', 'c');
    jest.advanceTimersByTime(100);
    circuit.admits('lost');
    circuit.forgetProbe('other');
    expect(circuit.admits('next')).toBe(false);
    circuit.forgetProbe('lost');
    expect(circuit.admits('next')).toBe(true);
  });
});
