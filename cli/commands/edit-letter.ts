import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';

import type { AdminClient } from '../api/admin-client.js';
import { deadLetters, type Letter } from '../api/dead-letters.js';
import type { Operator } from '../api/letter-filter.js';
import { CliError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { findLetter } from './find-letter.js';
import { inEditor } from './in-editor.js';

export interface EditRequest {
  /** The new payload as JSON; `-` is stdin, and nothing opens an editor. */
  readonly file: string | undefined;
  /** The type that the letter gets by it, where that isn't the one it has. */
  readonly as: string | undefined;
}

/**
 * `dlq edit`: replaces the payload and replays the letter as a new message in its old place. The service checks the payload
 * against the contract and names each fault. Without a file, opens `$EDITOR` on the true payload, which is audited as a reveal.
 */
export async function editLetter(
  cli: Cli,
  id: string,
  { file, as }: EditRequest,
  operator: Operator,
): Promise<Outcome> {
  if (file === undefined && !cli.terminal.interactive) {
    throw new CliError('BAD_ARGUMENT', 'Give the new payload by --payload <file>, or --payload - for stdin.');
  }
  const given = file === undefined ? undefined : parsePayload(await read(file), file);
  const { client, letter } = await findLetter(cli, id);
  const type = await typeOf(client, letter);
  assertVersion(letter, type, as);
  let payload = given;
  if (file === undefined) {
    const { payload: current, payloadKind } = await deadLetters.reveal(client, id, operator);
    if (payloadKind === 'base64') {
      throw new CliError('REFUSED', `The payload of letter ${id} is not text: give the new one by --payload <file>.`);
    }
    const before = editable(current);
    const after = await inEditor(before, cli.env);
    if (after.trim() === before.trim())
      throw new CliError('NOT_CONFIRMED', 'The payload is unchanged; nothing was done.');
    payload = parsePayload(after, 'the edited payload');
    const becomes = type === letter.type ? '' : `, make it ${type ?? '?'}`;
    const question = `Replace the payload of letter ${id} of ${client.service}${becomes} and replay it?`;
    if (!(await cli.terminal.confirm(question))) {
      throw new CliError('NOT_CONFIRMED', 'Nothing was changed.');
    }
  }
  const { id: letterId, messageId } = await deadLetters.edit(client, id, { payload, as }, operator);
  const text = `Letter ${letterId} of ${client.service} is now message ${messageId} of type ${type ?? '?'}, and is being replayed.\n  ${cli.invocation} dlq show ${letterId} --service ${client.service}`;
  return outcome({ service: client.service, id: letterId, messageId, type }, text);
}

/** Which type the service gives to what is edited: that of today, to which its upcasters lead. */
async function typeOf(client: AdminClient, { id, type }: Letter): Promise<string | undefined> {
  const { items } = await deadLetters.preview(client, { ids: [id] }, 1);
  return items[0]?.upcasters.at(-1)?.split('→')[1] ?? type;
}

/** A payload is checked as one of today's version: whoever gives it has to know, before an editor is opened, too. */
function assertVersion({ id, type }: Letter, becomes: string | undefined, as: string | undefined): void {
  if (as !== undefined && as !== becomes) {
    throw new CliError(
      'BAD_ARGUMENT',
      `--as is ${as}, and letter ${id} becomes ${becomes ?? '?'}. Nothing was changed.`,
    );
  }
  if (as !== undefined || becomes === type) return;
  throw new CliError(
    'BAD_ARGUMENT',
    `Letter ${id} is ${type ?? '?'}, which is written as ${becomes ?? '?'} by now: the new payload has to be one of that. Say so by --as ${becomes ?? '?'}. Nothing was changed.`,
  );
}

async function read(file: string): Promise<string> {
  if (file === '-') return textOf(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CliError('BAD_ARGUMENT', `--payload ${file} can't be read: ${why}.`, { cause: error });
  }
}

function parsePayload(json: string, file: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new CliError(
      'BAD_ARGUMENT',
      `${file === '-' ? 'stdin' : file} is not JSON: ${error instanceof Error ? error.message : ''}`,
    );
  }
}

function editable(payload: unknown): string {
  const value = typeof payload === 'string' ? parseOrKeep(payload) : payload;
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}

function parseOrKeep(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
