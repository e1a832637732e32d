import type { MessageRow, PointRow, Row, Segment } from '@waybill/order-story';

import type { SagaDetail } from '../api/orders.js';
import type { Cli } from '../cli.js';
import { isOpen, took, whyText } from '../commands/list-orders.js';
import { untilText } from '../commands/sagas.js';
import { age, duration } from '../output/age.js';
import { money } from '../output/money.js';
import { oneLine } from '../output/printable.js';
import { fact } from '../output/sheet.js';
import { renderTable } from '../output/table.js';
import { type Tone, toned, toneOf } from '../output/tone.js';
import { wrapped } from '../output/width.js';
import type { Holdup } from './holdups.js';
import type { LoadedStory } from './load-story.js';

const INDENT = '  ';
const TIME_WIDTH = 9;

/** One order's story, for people. */
export function describeStory(
  cli: Pick<Cli, 'invocation' | 'now' | 'terminal'>,
  story: LoadedStory,
  { rows, holdups }: { readonly rows: readonly Row[]; readonly holdups: readonly Holdup[] },
): string {
  const { order, saga, failures, unasked } = story;
  const now = cli.now();
  const missing = [
    ...failures.map(({ service }) => `${service} gave no answer: what it knows is missing below.`),
    ...unasked.map((service) => `${service} was not asked: what it knows is missing below.`),
  ];
  return [
    `order ${order.id}  ${toned(order.status, toneOf(order.status), cli.terminal)}`,
    ...fact('customer', order.customerId),
    ...fact('items', order.items.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')),
    ...fact('total', money(order.total)),
    ...fact('placed', `${order.placedAt}, ${age(order.placedAt, now)} ago`),
    ...fact('took', took(order)),
    ...fact('why', whyText(order)),
    ...missing.map((line) => toned(line, 'warn', cli.terminal)),
    ...(holdups.length === 0
      ? []
      : [
          '',
          isOpen(order) ? 'What holds it up' : 'What is left of it',
          ...holdups.flatMap((each) => holdupLines(cli, each)),
        ]),
    ...sagaLines(cli, saga),
    '',
    'What happened',
    ...rows.flatMap((row) => rowLines(cli, row, rows)),
  ].join('\n');
}

/** How far the saga is, step by step. */
export function sagaLines(cli: Pick<Cli, 'now' | 'terminal'>, saga: SagaDetail): readonly string[] {
  const { status, steps, deadlineAt } = saga;
  const table = renderTable(
    steps,
    [
      { title: 'STEP', value: ({ name }) => name },
      { title: 'STATUS', value: (step) => step.status, tone: (step) => toneOf(step.status) },
      { title: 'TRIED', value: ({ attempts }) => String(attempts), align: 'right' },
      { title: 'TOOK', value: ({ startedAt, endedAt }) => between(startedAt, endedAt), align: 'right' },
      { title: 'ERROR', value: ({ error }) => (error ? `${error.code}: ${error.message}` : ''), below: true },
    ],
    { ...cli.terminal, columns: cli.terminal.columns - INDENT.length },
  );
  const due = deadlineAt === undefined ? '' : `, deadline ${untilText(deadlineAt, cli.now())}`;
  return [
    '',
    `Saga  ${toned(status, toneOf(status), cli.terminal)}${due}`,
    ...table.split('\n').map((line) => `${INDENT}${line}`),
  ];
}

function holdupLines(
  { invocation, terminal }: Pick<Cli, 'invocation' | 'terminal'>,
  holdup: Holdup,
): readonly string[] {
  const { what, error, command } = holdup;
  return [
    ...hanging(oneLine(what), terminal, INDENT),
    ...(error === undefined || error === ''
      ? []
      : hanging(oneLine(error.split('\n')[0] ?? ''), terminal, INDENT.repeat(2), 'bad')),
    ...(command === undefined ? [] : [`${INDENT.repeat(2)}${invocation} ${oneLine(command)}`]),
  ];
}

function rowLines({ terminal }: Pick<Cli, 'terminal'>, row: Row, rows: readonly Row[]): readonly string[] {
  const since = row.at - (rows[0]?.at ?? row.at);
  const time = `${INDENT}${`+${milliseconds(since)}`.padEnd(TIME_WIDTH)}`;
  const [first = '', ...more] = hanging(oneLine(titleOf(row)), terminal, ' '.repeat(time.length));
  const head = [`${time}${first.slice(time.length)}`, ...more];
  if (row.kind !== 'message') return head;
  return [...head, ...hanging(oneLine(lineageOf(row, rows)), terminal, ' '.repeat(time.length), 'quiet')];
}

function titleOf(row: Row): string {
  if (row.kind === 'point') return pointText(row);
  if (row.kind === 'letter') {
    const { service, id, type } = row.letter;
    return `${service}: ${type ?? 'a record of no type'} failed, letter ${id}${stageText(row, 'held')}`;
  }
  if (row.kind === 'parked') {
    const { service, topic, head } = row.parked;
    const behind = head === null ? '' : ` behind letter ${head.id}`;
    return `${service}: messages of ${topic} wait${behind}${stageText(row, 'held')}`;
  }
  const { from, to, type, step, attempt, isUndo, isCommand } = row;
  const notes = [step, isUndo && isCommand ? 'undo' : undefined, attempt > 1 ? `attempt ${attempt}` : undefined];
  const said = notes.filter((note) => note !== undefined).join(', ');
  return `${from} → ${to}  ${type}${said === '' ? '' : ` (${said})`}`;
}

function pointText({ type, step, detail }: PointRow): string {
  const text = (name: string): string | undefined => {
    const value = detail?.[name];
    return typeof value === 'string' ? value : undefined;
  };
  const error = detail?.['error'] ?? detail?.['failure'];
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : undefined;
  const by = text('by') === undefined ? undefined : `by ${text('by')}`;
  const said = [text('action'), step, by, message ?? text('reason')].filter((part) => part !== undefined);
  return `${type}${said.length === 0 ? '' : `: ${said.join(', ')}`}`;
}

/** From hand to hand: outbox, place at the broker, inbox, answer; each with how long it took. */
function lineageOf(row: MessageRow, rows: readonly Row[]): string {
  const { outbox, inbox, letter, answers, isCommand, id } = row;
  const types = new Map(rows.flatMap((each) => (each.kind === 'message' ? [[each.id, each.type]] : [])));
  const place = inbox ?? letter;
  const lane = `${outbox?.topic ?? letter?.topic ?? row.to}${placeText(place)}`;
  const answered = answers.map((answer) => types.get(answer) ?? answer).join(', ');
  const parts = [
    `outbox${stageText(row, 'outbox')}${outbox === undefined ? ': not known any more' : waitText(outbox)}`,
    ...(outbox !== undefined && outbox.publishedAt === null && inbox === undefined
      ? []
      : [`${lane}${stageText(row, 'topic')}${stageText(row, 'way')}`]),
    ...(inbox === undefined ? [] : [`${row.to}: ${inbox.outcome}${letterText(row)}${stageText(row, 'handle')}`]),
    ...(answered === '' || !isCommand ? [] : [answered]),
  ];
  return `${id}: ${parts.join(' › ')}`;
}

/** What failed once, and for how long that was so. */
function letterText(row: MessageRow): string {
  return row.letter === undefined ? '' : `, letter ${row.letter.id}${stageText(row, 'held')}`;
}

function waitText({ publishedAt, isSetAside }: NonNullable<MessageRow['outbox']>): string {
  if (publishedAt !== null) return '';
  return isSetAside ? ': set aside' : ': waits';
}

function placeText(place: { readonly partition: number | null; readonly position: string | null } | undefined): string {
  return place === undefined || place.partition === null || place.position === null
    ? ''
    : `/${place.partition}@${place.position}`;
}

function stageText({ segments }: Pick<MessageRow, 'segments'>, stage: Segment['stage']): string {
  const segment = segments.find((each) => each.stage === stage);
  if (segment === undefined) return '';
  const name = stage === 'held' ? 'held ' : '';
  return ` (${name}${milliseconds(segment.to - segment.from)}${segment.isOpen ? ', still' : ''})`;
}

function between(from: string | undefined, to: string | undefined): string {
  return from === undefined || to === undefined ? '' : milliseconds(Date.parse(to) - Date.parse(from));
}

function milliseconds(ms: number): string {
  return ms < 1_000 ? `${Math.max(0, Math.round(ms))}ms` : duration(ms / 1_000);
}

function hanging(
  text: string,
  { columns, isColourful }: Cli['terminal'],
  indent: string,
  tone?: Tone,
): readonly string[] {
  const room = Math.max(20, columns - indent.length);
  return wrapped(text, room).map((line) => `${indent}${toned(line, tone, { isColourful })}`);
}
