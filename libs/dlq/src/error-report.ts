const MAX_LENGTH = 4_000;

export interface ErrorReport {
  /** Name, message, stack and causes; text that PostgreSQL and a header can carry, bounded. */
  readonly text: string;
  /** Type + first frame of our own code: what letters are grouped by. */
  readonly fingerprint: string;
}

/** Describes any thrown value for an operator. */
export function reportError(error: unknown): ErrorReport {
  if (!(error instanceof Error)) return { text: clean(`Thrown: ${safeString(error)}`), fingerprint: 'not an Error' };
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  const frame = firstOwnFrame(error.stack ?? '');
  return {
    text: clean(
      [error, ...causesOf(error)].map((each) => each.stack ?? `${each.name}: ${each.message}`).join('\nCaused by: '),
    ),
    fingerprint: clean(`${error.name}${code}${frame === undefined ? '' : ` at ${frame}`}`).slice(0, 200),
  };
}

function causesOf(error: Error, depth = 0): readonly Error[] {
  return error.cause instanceof Error && depth < 5 ? [error.cause, ...causesOf(error.cause, depth + 1)] : [];
}

/** Function and file, without line numbers, which change with every build. */
function firstOwnFrame(stack: string): string | undefined {
  const own = stack.split('\n').find((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line));
  const [, name, file] = /at (?:async )?(?:(.+?) \()?(.*?):\d+:\d+\)?$/.exec(own?.trim() ?? '') ?? [];
  return file === undefined ? undefined : `${name ?? '<anonymous>'} (${file.split(/[\\/]/).at(-1)})`;
}

/** NUL and lone surrogates can't be stored as text. */
function clean(text: string): string {
  return text.slice(0, MAX_LENGTH).replaceAll('\0', '\uFFFD').replace(/\p{Cs}/gu, '\uFFFD');
}

function safeString(value: unknown): string {
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return Object.prototype.toString.call(value);
  }
}
