import type { MessageFacts } from '../facts.js';

/** What a receiver's clock says is the begin of its transaction: two that overlap may look swapped. */
const OVERLAP_MS = 60_000;
const WAITING = new Set(['retrying', 'parked', 'dead']);

/** Of each topic, the messages of a key were published, and taken, in the order in which the sender's transactions committed. */
export function outOfOrder(messages: readonly MessageFacts[]): string | undefined {
  const published = messages.filter((message) => message.published);
  for (const topic of new Set(published.map((message) => message.topic))) {
    const sent = published.filter((message) => message.topic === topic).sort((a, b) => a.seq - b.seq);
    for (const [index, later] of sent.entries()) {
      for (const earlier of sent.slice(0, index)) {
        const fault = faultOf(earlier, later);
        if (fault !== undefined) return `${topic}: ${fault}`;
      }
    }
  }
  return undefined;
}

function faultOf(earlier: MessageFacts, later: MessageFacts): string | undefined {
  const [first, second] = [earlier.taken, later.taken];
  if (second?.outcome !== 'handled') return undefined;
  const both = `${later.type} (${later.id}) was handled`;
  if (first === undefined) return `${both}, and ${earlier.type} (${earlier.id}), sent before it, never arrived.`;
  if (WAITING.has(first.outcome)) {
    return `${both} while ${earlier.type} (${earlier.id}), sent before it, is ${first.outcome}.`;
  }
  if (first.atMs > second.atMs + OVERLAP_MS) {
    const seconds = Math.round((first.atMs - second.atMs) / 1_000);
    return `${both} ${seconds} s before ${earlier.type} (${earlier.id}), which was sent before it.`;
  }
  const isSwapped = first.partition === second.partition && isBehind(first.position, second.position);
  // A topic that was created again begins at 0 again: what lies before and came later was no overtaking.
  if (!isSwapped || first.atMs < second.atMs) return undefined;
  return `${both} from position ${second.position}, before ${earlier.type} (${earlier.id}) at ${first.position}, which was sent before it.`;
}

/** Positions are the broker's: only numbers can be compared. */
function isBehind(one: string | null, other: string | null): boolean {
  if (one === null || other === null || !/^\d+$/.test(one) || !/^\d+$/.test(other)) return false;
  return BigInt(one) > BigInt(other);
}
