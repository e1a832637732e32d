const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'ERROR',
  60: 'FATAL',
};
const NOISE = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'service', 'err', 'name']);

/** A JSON log line of pino, made readable for a terminal; anything else as it is. */
export function readableLine(line: string): string {
  const entry = parse(line);
  if (entry === undefined) {
    return line;
  }
  const level = LEVELS[Number(entry['level'])] ?? String(entry['level']);
  const fields = Object.entries(entry)
    .filter(([name]) => !NOISE.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${clock(entry['time'])} ${level} ${String(entry['msg'])}${fields.join('')}${stack(entry['err'])}`;
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

function stack(error: unknown): string {
  if (typeof error !== 'object' || error === null) {
    return '';
  }
  const text = 'stack' in error ? error.stack : 'message' in error ? error.message : undefined;
  return typeof text === 'string' ? `\n${text}` : '';
}
