import { Reader } from '@platformatic/kafka';

let patched = false;

/**
 * Lets the client skip the tagged fields of an answer. It takes their number for a length in bytes, and reads it as if it were signed.
 * Brokers send some where a leader has moved: who leads now. By itself the client then reads the rest of the answer beside its
 * place, and says "Out of bounds".
 */
export function skipTaggedFields(): void {
  if (patched) return;
  patched = true;
  Reader.prototype.readTaggedFields = function skipAll(this: Reader): void {
    for (let left = this.readUnsignedVarInt(); left > 0; left--) {
      this.readUnsignedVarInt(); // which one
      this.skip(this.readUnsignedVarInt());
    }
  };
}
