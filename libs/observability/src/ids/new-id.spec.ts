import { newId } from './new-id.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('newId', () => {
  it('is a UUIDv7 that carries the time', () => {
    const id = newId(Date.UTC(2026, 0, 1));

    expect(id).toMatch(UUID_V7);
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(Date.UTC(2026, 0, 1));
  });

  it('sorts by time', () => {
    expect(newId(1_000) < newId(1_001)).toBe(true);
  });

  it('never repeats, also within a millisecond and beyond one filling of its pool', () => {
    const ids = Array.from({ length: 10_000 }, () => newId(1_000));

    expect(new Set(ids).size).toBe(ids.length);
  });
});
