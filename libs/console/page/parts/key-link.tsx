import { shortId } from '../format.js';
import { hrefOf } from '../router.js';

interface KeyLinkProps {
  readonly of: string | null;
  /** One of the order's messages, to be opened. */
  readonly message?: string;
}

const ORDER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A message's key; that of an order's messages is the order. */
export function KeyLink({ of: key, message }: KeyLinkProps) {
  if (key === null) return <>no key</>;
  const text = <code title={key}>{shortId(key)}</code>;
  return ORDER_ID.test(key) ? <a href={hrefOf(`/orders/${key}`, { message })}>{text}</a> : text;
}
