import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';

import { list, object, text } from '../api/decode.js';
import { CliError } from '../cli.errors.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const listed = object({ items: list(object({ orderId: text })) });

/**
 * The orders in a file that `customers erased-orders` wrote (`-` is stdin), each once: a line for each, or its JSON document. Empty lines and those that begin
 * with # are passed over. Nothing else is: whatever this returns is erased for good, and another file has ids, too.
 * @throws CliError BAD_ARGUMENT
 */
export async function ordersIn(path: string): Promise<readonly string[]> {
  const reading = path === '-' ? textOf(process.stdin) : readFile(path, 'utf8');
  const content = await reading.catch((cause: unknown) => {
    throw new CliError('BAD_ARGUMENT', `${path} can't be read: ${messageOf(cause)}`);
  });
  const lines = content.trimStart().startsWith('{') ? idsOf(content, path) : content.split('\n');
  const orderIds = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const id = line.trim().toLowerCase();
    if (id === '' || id.startsWith('#')) continue;
    if (!UUID.test(id)) throw notAList(path, `entry ${index + 1} is no order's id`);
    orderIds.add(id);
  }
  if (orderIds.size === 0) throw notAList(path, 'it names no order');
  return [...orderIds];
}

function idsOf(document: string, path: string): readonly string[] {
  try {
    return listed(JSON.parse(document), '').items.map(({ orderId }) => orderId);
  } catch (cause) {
    throw notAList(path, messageOf(cause));
  }
}

function notAList(path: string, because: string): CliError {
  return new CliError(
    'BAD_ARGUMENT',
    `Nothing was erased: ${path} is not what customers erased-orders prints, an order's id on each line; ${because}.`,
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
