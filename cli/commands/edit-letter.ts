import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';

import { deadLetters } from '../api/dead-letters.js';
import type { Operator } from '../api/letter-filter.js';
import { CliError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { findLetter } from './find-letter.js';
import { inEditor } from './in-editor.js';

/**
 * `dlq edit`: replaces the payload and replays the letter as a new message in its old place. The service checks the payload
 * against the contract and names each fault. Without a file, opens `$EDITOR` on the true payload, which is audited as a reveal.
 */
export async function editLetter(cli: Cli, id: string, file: string | undefined, operator: Operator): Promise<Outcome> {
  if (file === undefined && !cli.terminal.interactive) {
    throw new CliError('BAD_ARGUMENT', 'Give the new payload by --payload <file>, or --payload - for stdin.');
  }
  const given = file === undefined ? undefined : parsePayload(await read(file), file);
  const { client } = await findLetter(cli, id);
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
    if (!(await cli.terminal.confirm(`Replace the payload of letter ${id} of ${client.service} and replay it?`))) {
      throw new CliError('NOT_CONFIRMED', 'Nothing was changed.');
    }
  }
  const { id: letterId, messageId } = await deadLetters.edit(client, id, payload, operator);
  const text = `Letter ${letterId} of ${client.service} is now message ${messageId}, and is being replayed.\n  ${cli.invocation} dlq show ${letterId} --service ${client.service}`;
  return outcome({ service: client.service, id: letterId, messageId }, text);
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
