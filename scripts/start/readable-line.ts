/** As words, which our services write, and as pino's numbers. */
const LEVELS: Readonly<Record<string, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'ERROR',
  60: 'FATAL',
  error: 'ERROR',
  fatal: 'FATAL',
};
const DETAILS = new Set(['trace', 'debug', 'info']);
const NOISE = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'service', 'err', 'error', 'name']);

export interface ReadableLine {
  readonly text: string;
  /** A log entry below a warning; what isn't a log entry is none, as a crash is printed as plain text. */
  readonly isDetail: boolean;
}

/** A JSON log line of pino, made readable for a terminal; anything else as it is. */
export function readableLine(line: string): ReadableLine {
  const entry = parse(line);
  if (entry === undefined) {
    return { text: line, isDetail: false };
  }
  const level = LEVELS[String(entry['level'])] ?? String(entry['level']);
  const fields = Object.entries(entry)
    .filter(([name]) => !NOISE.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const error = errorText(entry['error'] ?? entry['err']);
  const text = `${clock(entry['time'])} ${level} ${String(entry['msg'])}${fields.join('')}${error}`;
  return { text, isDetail: DETAILS.has(level) };
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) {
    return undefined;
  }
  try {
    // JSON that starts with a brace is an object.
    const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return 'level' in entry && 'msg' in entry ? entry : undefined;
  } catch {
    return undefined;
  }
}

function clock(time: unknown): string {
  const date = new Date(typeof time === 'number' || typeof time === 'string' ? time : Date.now());
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString().slice(11, 23);
}

function errorText(error: unknown): string {
  if (typeof error === 'string') {
    return ` error=${error}`;
  }
  if (typeof error !== 'object' || error === null) {
    return '';
  }
  const text = 'stack' in error ? error.stack : 'message' in error ? error.message : undefined;
  return typeof text === 'string' ? `\n${text}` : ` error=${JSON.stringify(error)}`;
}
