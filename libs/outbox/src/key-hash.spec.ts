import { hashKey, hashTopic } from './key-hash.js';

describe('hashKey', () => {
  it('gives what is stored beside the rows of older builds', () => {
    expect(hashKey('payment.commands', 'o-1')).toEqual({ hash: -73_166_039, shard: 0 });
    expect(hashKey('payment.commands', 'Käse 🧀')).toEqual({ hash: 974_163_335, shard: 6 });
    expect(hashTopic('payment.commands')).toBe(-376_696_633);
    expect(hashTopic('payment.events')).toBe(1_661_395_303);
  });

  it('is the same for a key as text and in bytes', () => {
    for (const key of ['o-1', 'Käse 🧀', '']) expect(hashKey('t', key)).toEqual(hashKey('t', Buffer.from(key)));
  });
});
