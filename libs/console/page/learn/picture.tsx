import { SIDE_NAMES } from './lesson.js';
import type { Lesson, Mark, Side, Step } from './lesson.js';
import { inWords, sceneOf } from './scene.js';
import type { Piece } from './scene.js';

/** In units of the picture, which is as wide as there is room. */
const COLUMN = 100;
const TOKEN = { width: 26, height: 18, gap: 4, inARow: 3 };
const PAD = 7;
/** Between two columns. */
const GAP = 9;

interface PictureProps {
  readonly lesson: Lesson;
  readonly side: Side;
  readonly steps: readonly Step[];
}

/** One side of a lesson: its messages, at the stations that they have come to. */
export function Picture({ lesson, side, steps }: PictureProps) {
  const scene = sceneOf(side, lesson, steps);
  const rows = Math.ceil(lesson.tokens.length / TOKEN.inARow);
  const height = 2 * PAD + rows * (TOKEN.height + TOKEN.gap) - TOKEN.gap;
  const width = lesson.stations.length * COLUMN;
  const { caption } = scene;
  return (
    <figure class={`side ${side}`}>
      <figcaption>
        <strong>{SIDE_NAMES[side]}</strong>
        <span class={`caption ${caption?.mark ?? ''}`}>{caption?.text ?? ''}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width - GAP} ${height}`}
        role="img"
        aria-label={`${SIDE_NAMES[side]}: ${inWords(scene, lesson.stations)}`}
      >
        {lesson.stations.map(({ id }, index) => (
          <g key={id}>
            <rect class="station" x={index * COLUMN + 1} y="1" width={COLUMN - GAP - 1} height={height - 2} rx="6" />
            {index > 0 && (
              <path class="way" d={`M${index * COLUMN - 7} ${height / 2 - 4} l4 4 l-4 4`} aria-hidden="true" />
            )}
          </g>
        ))}
        {scene.pieces.map((piece) => (
          <Token key={piece.token} piece={piece} />
        ))}
      </svg>
    </figure>
  );
}

function Token({ piece: { token, station, place, mark } }: { readonly piece: Piece }) {
  const { width, height, gap, inARow } = TOKEN;
  const x = station * COLUMN + PAD - 1 + (place % inARow) * (width + gap - 1);
  const y = PAD + Math.floor(place / inARow) * (height + gap);
  return (
    <g class={`token ${mark}`} style={{ transform: `translate(${x}px, ${y}px)` }}>
      {mark === 'again' && <rect x="3" y="3" width={width - 2} height={height - 2} rx="4" />}
      <rect width={width - 2} height={height - 2} rx="4" />
      <text x={(width - 2) / 2} y="12">
        {token}
      </text>
      <Sign mark={mark} width={width - 2} height={height - 2} />
    </g>
  );
}

/** What colour alone mustn't say. */
function Sign({ mark, width, height }: { readonly mark: Mark; readonly width: number; readonly height: number }) {
  if (mark === 'lost')
    return <path class="sign" d={`M2 2 L${width - 2} ${height - 2} M${width - 2} 2 L2 ${height - 2}`} />;
  if (mark === 'undone') return <path class="sign" d={`M3 ${height / 2} H${width - 3}`} />;
  return null;
}
