import { types } from 'node:util';

import { safeStack } from '@waybill/observability';

const MAX_LENGTH = 4_000;
const MAX_FINGERPRINT = 200;

export interface ErrorReport {
  /** Name, message, stack and causes, of database errors without the values that they quote; text that PostgreSQL and a header can carry, bounded. */
  readonly text: string;
  /** Type + first frame of our own code: what letters are grouped by. */
  readonly fingerprint: string;
}

/** Describes any thrown value for an operator. Never throws, whatever the value's getters do. */
export function reportError(error: unknown): ErrorReport {
  try {
    if (!isError(error))
      return { text: cleanText(`Thrown: ${describe(error)}`, MAX_LENGTH), fingerprint: 'not an Error' };
    const chain = [error, ...causesOf(error)];
    return {
      text: cleanText(withOwnFrame(chain.map(stackOf).join('\nCaused by: '), error), MAX_LENGTH),
      fingerprint: cleanText(fingerprintOf(error), MAX_FINGERPRINT),
    };
  } catch {
    return { text: 'An error that could not be read', fingerprint: 'unreadable error' };
  }
}

/** At most `length` UTF-16 units, without NUL and lone surrogates, which can't be stored as text. */
export function cleanText(text: string, length: number): string {
  return text
    .slice(0, length)
    .replaceAll('\0', '\uFFFD')
    .replace(/\p{Cs}/gu, '\uFFFD');
}

/** Errors of other realms (`vm`) count too. */
function isError(error: unknown): error is Error {
  return error instanceof Error || types.isNativeError(error);
}

function causesOf(error: Error, depth = 0): readonly Error[] {
  return isError(error.cause) && depth < 5 ? [error.cause, ...causesOf(error.cause, depth + 1)] : [];
}

function stackOf(error: Error): string {
  return safeStack(error);
}

function fingerprintOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  const frame = firstOwnFrame(stackOf(error));
  return `${error.name}${code}${frame === undefined ? '' : ` at ${frame}`}`;
}

/** Function and file, without line numbers, which change with every build. */
function firstOwnFrame(stack: string): string | undefined {
  const own = stack.split('\n').find((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line));
  const [, name, file] = /at (?:async )?(?:(.+?) \()?(.*?):\d+:\d+\)?$/.exec(own?.trim() ?? '') ?? [];
  return file === undefined ? undefined : `${name ?? '<anonymous>'} (${file.split(/[\\/]/).at(-1)})`;
}

/** A message that fills all the room would cut off where it happened. */
function withOwnFrame(text: string, error: Error): string {
  const frame = firstOwnFrame(stackOf(error));
  if (text.length <= MAX_LENGTH || frame === undefined) return text;
  const end = `\n… at ${frame.slice(0, MAX_FINGERPRINT)}`;
  return text.slice(0, MAX_LENGTH - end.length) + end;
}

function describe(value: unknown): string {
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return Object.prototype.toString.call(value);
  }
}
