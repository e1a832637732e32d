import { readableLine } from './readable-line.js';

describe('readableLine', () => {
  it('shows time, level, message and the fields that tell orders apart', () => {
    const line = JSON.stringify({
      level: 30,
      time: 1_700_000_000_123,
      pid: 7,
      service: 'order',
      orderId: 'o-1',
      msg: 'order placed',
    });
    expect(readableLine(line)).toBe('22:13:20.123 info order placed orderId=o-1');
  });

  it('shows the stack of an error below its line', () => {
    const line = JSON.stringify({
      level: 50,
      time: 0,
      msg: 'failed',
      err: { message: 'x', stack: 'Error: x\n    at y' },
    });
    expect(readableLine(line)).toBe('00:00:00.000 ERROR failed\nError: x\n    at y');
  });

  it.each(['', 'plain text', '{broken', '{"a":1}', '[1]'])('leaves %j as it is', (line) => {
    expect(readableLine(line)).toBe(line);
  });
});
