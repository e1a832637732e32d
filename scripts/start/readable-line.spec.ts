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
    expect(readableLine(line)).toEqual({ text: '22:13:20.123 info order placed orderId=o-1', isDetail: true });
  });

  it('shows the stack of an error below its line', () => {
    const line = JSON.stringify({
      level: 50,
      time: 0,
      msg: 'failed',
      err: { message: 'x', stack: 'Error: x\n    at y' },
    });
    expect(readableLine(line)).toEqual({ text: '00:00:00.000 ERROR failed\nError: x\n    at y', isDetail: false });
  });

  it.each([
    ['trace', true],
    ['debug', true],
    ['info', true],
    ['warn', false],
    ['error', false],
    ['fatal', false],
  ])('takes a line of the level %s for a detail: %s', (level, isDetail) => {
    const line = JSON.stringify({ level, time: '1970-01-01T00:00:00.000Z', msg: 'x', error: 'why' });
    expect(readableLine(line)).toEqual({ text: expect.stringMatching(/ x error=why$/), isDetail });
  });

  it.each(['', 'plain text', '{broken', '{"a":1}', '[1]'])('leaves %j as it is', (line) => {
    expect(readableLine(line)).toEqual({ text: line, isDetail: false });
  });
});
