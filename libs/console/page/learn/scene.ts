import type { Mark, Side, Station, Step } from './lesson.js';

/** A message in the picture: at which station, how it stands with it, and its place among those that are there. */
export interface Piece {
  readonly token: string;
  readonly station: number;
  readonly place: number;
  readonly mark: Mark;
}

export interface Scene {
  readonly pieces: readonly Piece[];
  /** The last thing that didn't go smoothly, or that the service itself did; it stays until the next. */
  readonly caption: Step | undefined;
}

interface Standing {
  readonly station: number;
  readonly mark: Mark;
  /** When it came to its station. */
  readonly since: number;
}

/**
 * Where all messages of one side are after these steps. Messages line up at a station in the order in which they came to it; a
 * step at the same station changes how a message stands, not where.
 */
export function sceneOf(
  side: Side,
  { stations, tokens }: { readonly stations: readonly Station[]; readonly tokens: readonly string[] },
  steps: readonly Step[],
): Scene {
  const standing = new Map<string, Standing>(
    tokens.map((token, index) => [token, { station: 0, mark: 'ok', since: index - tokens.length }]),
  );
  let caption: Step | undefined;
  for (const [index, step] of steps.entries()) {
    if (step.side !== side) continue;
    if (step.token === undefined || step.mark !== 'ok') caption = step;
    if (step.token === undefined) continue;
    const before = standing.get(step.token);
    const station = stations.findIndex(({ id }) => id === step.station);
    const since = before?.station === station ? before.since : index;
    standing.set(step.token, { station, mark: step.mark, since });
  }
  const lines = stations.map((_, station) =>
    [...standing].filter(([, at]) => at.station === station).sort(([, a], [, b]) => a.since - b.since),
  );
  const pieces = tokens.flatMap((token): readonly Piece[] => {
    const at = standing.get(token);
    if (at === undefined) return [];
    const place = lines[at.station]?.findIndex(([each]) => each === token) ?? 0;
    return [{ token, station: at.station, place, mark: at.mark }];
  });
  return { pieces, caption };
}

const WORDS: Readonly<Record<Mark, string>> = {
  ok: '',
  waiting: 'waiting',
  fault: 'failing',
  lost: 'lost',
  again: 'done twice',
  undone: 'undone',
};

/** The picture for those who don't see it: `Committed 3 (3 lost), Shipped 7`. */
export function inWords({ pieces }: Scene, stations: readonly Station[]): string {
  return stations
    .map(({ label }, station) => {
      const here = pieces.filter((piece) => piece.station === station);
      const marks = (Object.keys(WORDS) as Mark[]).flatMap((mark) => {
        const count = here.filter((piece) => piece.mark === mark).length;
        return mark === 'ok' || count === 0 ? [] : [`${count} ${WORDS[mark]}`];
      });
      return `${label} ${here.length}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
    })
    .join(', ');
}
