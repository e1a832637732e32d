import { ProtocolError } from './protocol-error.js';
import { Reader } from './reader.js';

describe('Reader', () => {
  it('refuses an array of more elements than bytes are left, before anything is allocated for it', () => {
    expect(() => new Reader(Buffer.alloc(10)).claimElements(11)).toThrow(ProtocolError);
  });

  it('refuses more elements in all arrays of a message than any client sends', () => {
    const reader = new Reader(Buffer.alloc(1_000_000));
    reader.claimElements(150_000);
    expect(() => reader.claimElements(150_000)).toThrow(ProtocolError);
  });

  it('refuses to read beyond the end', () => {
    expect(() => new Reader(Buffer.alloc(3)).int32()).toThrow(ProtocolError);
    expect(() => new Reader(Buffer.alloc(3)).bytes(4)).toThrow(ProtocolError);
    expect(() => new Reader(Buffer.alloc(3)).bytes(-1)).toThrow(ProtocolError);
  });
});
