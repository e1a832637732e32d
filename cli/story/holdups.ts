import { type MessageRow, OPEN, type Row, type StoryParts } from '@waybill/order-story';

import type { SagaDetail } from '../api/orders.js';
import { heldText, untilText } from '../commands/sagas.js';
import { age, counted } from '../output/age.js';

/** Why an order doesn't get on, or what it has left behind, and the command that does something about it. */
export interface Holdup {
  readonly what: string;
  readonly error?: string;
  readonly command?: string;
}

/** A key whose messages wait, as the letters tell. */
interface HeldKey {
  readonly service: string;
  readonly topic: string;
  readonly messages: number;
  readonly head: StoryParts['letters'][number];
}

export interface HeldStory extends Pick<StoryParts, 'letters' | 'sent'> {
  readonly order: { readonly id: string; readonly status: string };
  readonly saga: SagaDetail;
}

/** Of each topic of a service the first message that isn't handled; the others of the key wait for it. */
function heldKeysOf(letters: StoryParts['letters']): readonly HeldKey[] {
  const keys = new Map<string, HeldKey>();
  const open = letters.filter(({ state }) => OPEN.has(state));
  for (const letter of [...open].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))) {
    const { service, topic } = letter;
    const key = keys.get(`${service} ${topic}`) ?? { service, topic, messages: 0, head: letter };
    keys.set(`${service} ${topic}`, { ...key, messages: key.messages + 1 });
  }
  return [...keys.values()];
}

/** The most telling first: letters, what isn't published, a saga that is stuck, and last whom it waits for. */
export function holdupsOf(story: HeldStory, rows: readonly Row[], nowMs: number): readonly Holdup[] {
  const found = [
    ...heldKeysOf(story.letters).map((key) => ofLetters(key, nowMs)),
    ...unpublished(story, nowMs),
    ...ofSaga(story),
  ];
  return found.length > 0 ? found : awaited(story, rows, nowMs);
}

function ofLetters({ service, head, messages }: HeldKey, nowMs: number): Holdup {
  const { id, state, type, reason, attempts, lastError, nextAttemptAt } = head;
  const behind = messages === 1 ? '' : `, ${counted(messages - 1, 'message waits', 'messages wait')} behind it`;
  const next = state === 'retrying' ? `, next attempt ${nextAttemptText(state, nextAttemptAt, nowMs)}` : '';
  const why = reason === null ? '' : `, ${reason}`;
  const what = `${service}: letter ${id} is ${state}: ${type ?? 'a record of no type'}${why} after ${counted(attempts, 'attempt')}${next}${behind}`;
  return { what, command: `dlq show ${id} --service ${service}`, ...(lastError === null ? {} : { error: lastError }) };
}

function unpublished({ sent }: HeldStory, nowMs: number): readonly Holdup[] {
  return sent
    .filter(({ publishedAt }) => publishedAt === null)
    .map(({ id, type, topic, source, createdAt, isSetAside }) => ({
      what: isSetAside
        ? `${nameOf(source)}: ${type} ${id} is set aside: the broker refuses it, or an earlier one of its key`
        : `${nameOf(source)}: ${type} waits in the outbox for ${topic} since ${age(createdAt, nowMs)}`,
      command: `outbox --service ${nameOf(source)}`,
    }));
}

function ofSaga({ order, saga }: HeldStory): readonly Holdup[] {
  const { status, step = '', error, held = [] } = saga;
  const inPlace = held.map((effect) => heldText(effect)).join('; ');
  if (status === 'COMPENSATION_FAILED') {
    const why = [error?.code, error?.message].filter((part) => part !== undefined).join(': ');
    const what = `the saga is stuck: ${error?.step ?? step} could not be undone, and ${inPlace} is still in place`;
    return [{ what, error: why, command: `sagas retry ${order.id} --why …` }];
  }
  return inPlace === '' ? [] : [{ what: `still in place, although the order is ${order.status}: ${inPlace}` }];
}

/** Nothing is wrong: a participant has still to answer. */
function awaited({ saga }: HeldStory, rows: readonly Row[], nowMs: number): readonly Holdup[] {
  const open = rows.findLast((row): row is MessageRow => row.kind === 'message' && row.isCommand);
  if (saga.deadlineAt === undefined || open === undefined || open.answers.length > 0) return [];
  const since = age(new Date(open.at).toISOString(), nowMs);
  const what = `nothing yet: ${open.to} has had ${since} to answer ${open.type}; its deadline is ${untilText(saga.deadlineAt, nowMs)}`;
  return [{ what, command: `topics --service ${open.to}` }];
}

/** An attempt that is due is being made, or begins within a second. */
export function nextAttemptText(state: string, nextAttemptAt: string | null | undefined, nowMs: number): string {
  if (state === 'dead') return 'after a replay';
  if (nextAttemptAt === null || nextAttemptAt === undefined) return 'now';
  return Date.parse(nextAttemptAt) - nowMs < 1_000 ? 'now' : untilText(nextAttemptAt, nowMs);
}

function nameOf(source: string): string {
  return source.replace(/^\//, '');
}
