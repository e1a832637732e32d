/** `payment.charged.v1` taken apart. */
export interface MessageType {
  readonly name: string;
  readonly version: number;
}

/** `undefined` where the text isn't `name.vN` with N from 1. */
export function parseMessageType(type: string): MessageType | undefined {
  const dot = type.lastIndexOf('.v');
  if (dot <= 0) return undefined;
  const digits = type.slice(dot + 2);
  return /^[1-9][0-9]{0,8}$/.test(digits) ? { name: type.slice(0, dot), version: Number(digits) } : undefined;
}
