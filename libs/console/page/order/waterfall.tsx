import { OPEN } from '@waybill/order-story';
import type { LetterRow, MessageRow, ParkedRow, PointRow, Row, Segment, Stage, StoryParts } from '@waybill/order-story';
import { useState } from 'preact/hooks';

import { duration, exact, words } from '../format.js';
import { later } from '../parts/later.js';
import { Status } from '../parts/status.js';
import { ask, query } from '../router.js';
import { Gaps } from './gaps.js';
import { HeldSaid } from './held-row.js';
import type { TimeScale } from './time-scale.js';

const STAGES: Readonly<Record<Stage, string>> = {
  way: 'on its way, until it was taken',
  outbox: 'in the outbox',
  topic: 'on the topic',
  handle: 'handled, until its answer was written',
  held: 'held after a failed attempt',
};

const Lineage = later(async () => (await import('./lineage.js')).Lineage);

/** Rows at once: an order that is tried for days has thousands. */
const SHOWN = 200;

interface WaterfallProps {
  readonly rows: readonly Row[];
  readonly story: StoryParts;
  readonly scale: TimeScale;
  readonly refresh: () => void;
}

/** Everything that was said about the order, on one line of time; a row opens into the message's lineage. */
export function Waterfall({ rows, story, scale, refresh }: WaterfallProps) {
  const [isWhole, setWhole] = useState(false);
  const open = query.value.get('message');
  const first = rows[0]?.at ?? 0;
  const shown = isWhole ? rows : rows.filter((row, index) => index >= rows.length - SHOWN || row.id === open);
  return (
    <div class="waterfall">
      <div class="legend" aria-hidden="true">
        {Object.entries(STAGES).map(([stage, text]) => (
          <span>
            <svg width="18" height="10">
              <rect class={`bar ${stage}`} x="0" y="1" width="18" height="8" rx="2" />
            </svg>
            {text}
          </span>
        ))}
      </div>
      {shown.length < rows.length && (
        <button type="button" class="quiet" onClick={() => setWhole(true)}>
          Show the {rows.length - shown.length} earlier ones
        </button>
      )}
      <Breaks scale={scale} />
      <ol aria-label="What happened">
        {shown.map((row) => {
          if (row.kind === 'point') return <Point key={row.id} row={row} scale={scale} first={first} />;
          if (row.kind === 'message')
            return (
              <Message
                key={row.id}
                row={row}
                scale={scale}
                first={first}
                isOpen={open === row.id}
                story={story}
                refresh={refresh}
              />
            );
          return <Held key={row.id} row={row} scale={scale} first={first} />;
        })}
      </ol>
    </div>
  );
}

interface RowProps<Kind> {
  readonly row: Kind;
  readonly scale: TimeScale;
  /** When it all began. */
  readonly first: number;
}

function Point({ row, scale, first }: RowProps<PointRow>) {
  const said = sentence(row);
  return (
    <li class="row point">
      <span class="what">
        {said.title}
        {said.more !== '' && <small> {said.more}</small>}
      </span>
      <svg class="line" aria-hidden="true">
        <Gaps scale={scale} />
        <circle class={row.type} cx={`${scale.place(row.at)}%`} cy="50%" r="3.5" />
      </svg>
      <At ms={row.at} first={first} />
    </li>
  );
}

/** A failed message that nothing else tells of, or a parked key. */
function Held({ row, scale, first }: RowProps<LetterRow | ParkedRow>) {
  const isDead = row.kind === 'letter' && row.letter.state === 'dead';
  const error = row.kind === 'letter' ? row.letter.lastError : null;
  return (
    <li class={`row kept ${isDead ? 'dead' : ''}`}>
      <span class="what">
        <HeldSaid row={row} />
      </span>
      <svg class="line" role="img" aria-label={row.segments.map(spoken).join(', ')}>
        <Gaps scale={scale} />
        {row.segments.map((segment) => (
          <Bar segment={segment} scale={scale} by="order" />
        ))}
      </svg>
      <At ms={row.at} first={first} />
      {error !== null && <p class="fault">{error}</p>}
    </li>
  );
}

interface MessageProps extends RowProps<MessageRow> {
  readonly isOpen: boolean;
  readonly story: StoryParts;
  readonly refresh: () => void;
}

function Message({ row, scale, first, isOpen, story, refresh }: MessageProps) {
  const total = row.segments.reduce((sum, { from, to }) => sum + to - from, 0);
  const isHeld = row.letter !== undefined && row.letter.state === 'dead';
  return (
    <li class={`row message of-${row.from} ${isOpen ? 'open' : ''} ${isHeld ? 'dead' : ''}`}>
      <button
        type="button"
        class="what"
        aria-expanded={isOpen}
        onClick={() => ask({ message: isOpen ? '' : row.id }, 'replace')}
      >
        <span class={`route ${row.isUndo ? 'undo' : ''}`}>
          <i class={`service of-${row.from}`}>{row.from}</i>
          <span aria-hidden="true">→</span>
          <span class="unseen">to</span>
          <i class={`service of-${row.to}`}>{row.to}</i>
        </span>
        <code>{row.type}</code>
        {row.isUndo && row.isCommand && <small> undo</small>}
        {row.attempt > 1 && <small> attempt {row.attempt}</small>}
        {row.letter !== undefined && OPEN.has(row.letter.state) && <Status of={row.letter.state} />}
      </button>
      <svg class="line" role="img" aria-label={row.segments.map(spoken).join(', ')}>
        <Gaps scale={scale} />
        {row.segments.map((segment) => (
          <Bar
            segment={segment}
            scale={scale}
            by={segment.stage === 'handle' || segment.stage === 'held' ? row.to : row.from}
          />
        ))}
      </svg>
      <At ms={row.at} first={first} took={total} />
      {isOpen && <Lineage row={row} story={story} refresh={refresh} />}
    </li>
  );
}

function spoken({ stage, from, to, isOpen }: Segment): string {
  return `${duration(to - from)} ${STAGES[stage]}${isOpen ? ', still' : ''}`;
}

/** Never narrower than can be seen, and pointed at. */
function Bar({ segment, scale, by }: { readonly segment: Segment; readonly scale: TimeScale; readonly by: string }) {
  const from = scale.place(segment.from);
  const width = Math.max(scale.place(segment.to) - from, 0.35);
  return (
    <rect
      class={`bar ${segment.stage} of-${by} ${segment.isOpen ? 'still' : ''}`}
      x={`${Math.min(from, 99.65)}%`}
      width={`${width}%`}
      y="25%"
      height="50%"
      rx="2"
    >
      <title>{spoken(segment)}</title>
    </rect>
  );
}

/** How long each break was; the bands below it have its width. */
function Breaks({ scale }: { readonly scale: TimeScale }) {
  if (scale.gaps.length === 0) return null;
  return (
    <div class="row breaks" aria-hidden="true">
      <span />
      <svg class="line">
        {scale.gaps.map(({ at, width, from, to }) => (
          <text x={`${at + width / 2}%`} y="16" text-anchor="middle">
            {duration(to - from)}
          </text>
        ))}
      </svg>
    </div>
  );
}

function At({ ms, first, took }: { readonly ms: number; readonly first: number; readonly took?: number }) {
  return (
    <span class="at" title={exact(new Date(ms).toISOString())}>
      {took !== undefined && <span class="took">{duration(took)}</span>}+{duration(ms - first)}
    </span>
  );
}

function sentence({ type, step, detail }: PointRow): { readonly title: string; readonly more: string } {
  const text = (name: string): string => {
    const value = detail?.[name];
    return typeof value === 'string' ? value : '';
  };
  const error = detail?.['error'] ?? detail?.['failure'];
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : text('reason');
  const by = text('by') === '' ? '' : `by ${text('by')}: `;
  const action = text('action');
  const at = step === undefined ? '' : words(step);
  return {
    title: /^[A-Z]+ \//.test(type) ? type : words(type),
    more: [action, at, `${by}${message}`].filter((part) => part !== '').join(' · '),
  };
}
