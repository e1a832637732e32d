import { type AuditEntry, deadLetters, type Letter } from '../api/dead-letters.js';
import type { Operator } from '../api/letter-filter.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { amount } from '../output/age.js';
import { brief, fact, section } from '../output/sheet.js';
import { findLetter } from './find-letter.js';

/** `dlq show`: the whole letter and what was done about it. The payload is masked unless somebody takes it upon them. */
export async function showLetter(cli: Cli, id: string, reveal: Operator | undefined): Promise<Outcome> {
  const { client, letter: masked } = await findLetter(cli, id);
  const letter = reveal === undefined ? masked : await deadLetters.reveal(client, id, reveal);
  const audit = await deadLetters.audit(client, id);
  const { service } = client;
  return outcome({ service, revealed: reveal !== undefined, letter, audit }, describe(service, letter, audit));
}

function describe(service: string, letter: Letter, audit: readonly AuditEntry[]): string {
  const facts: readonly (readonly [string, number | string | undefined])[] = [
    ['letter', `${letter.id} of ${service}, ${letter.state}`],
    ['type', letter.type],
    ['key', letter.key],
    ['from', `${letter.topic} / ${letter.partition ?? '?'} / ${letter.position ?? '?'}`],
    ['message', [letter.source, letter.messageId].filter((part) => part !== undefined).join(' ')],
    ['group', letter.group],
    ['handler', letter.handler],
    ['subscriber', letter.subscriber],
    ['attempts', letter.attempts],
    ['reason', letter.reason],
    ['fingerprint', letter.fingerprint],
    ['written', letter.timestamp],
    ['held since', letter.heldAt],
    ['changed', letter.updatedAt],
    ['next attempt', letter.state === 'retrying' ? letter.nextAttemptAt : undefined],
    ['behind it', letter.behind],
    ['undone by', letter.supersededBy],
    ['version', letter.serviceVersion],
  ];
  return [
    ...facts.flatMap(([name, value]) => fact(name, value)),
    ...section(
      'Headers',
      Object.entries(letter.headers ?? {}).flatMap(([name, values]) =>
        [values].flat().map((value) => `${name}: ${brief(String(value))}`),
      ),
    ),
    ...section('First error', letter.firstError),
    ...section('Last error', letter.lastError),
    ...section(payloadTitle(letter), payloadText(letter.payload)),
    ...section('What was done', audit.map(auditLine)),
  ].join('\n');
}

function auditLine({ at, action, who, why, detail }: AuditEntry): string {
  const outcome = detail?.outcome === undefined ? '' : ` (${detail.outcome})`;
  return `${at}  ${action} by ${who}: ${why}${outcome}`;
}

function payloadTitle({ payloadKind, payloadBytes }: Letter): string {
  const facts = [payloadKind, payloadBytes === undefined ? undefined : `${amount(payloadBytes)} bytes`];
  return `Payload (${facts.filter((fact) => fact !== undefined).join(', ')})`;
}

function payloadText(payload: unknown): string {
  if (typeof payload !== 'string') return JSON.stringify(payload, undefined, 2) ?? '';
  try {
    return JSON.stringify(JSON.parse(payload), undefined, 2);
  } catch {
    return payload;
  }
}
