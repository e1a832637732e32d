import { CliError } from '../cli.errors.js';
import { parseDuration } from './moment.js';

/** @throws CliError BAD_ARGUMENT */
export function parseCount(text: string, option: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count;
  throw new CliError('BAD_ARGUMENT', `${option} must be a whole number, 1 or more, got "${text}".`);
}

/** Letters per second; less than one is fine. @throws CliError BAD_ARGUMENT */
export function parseRate(text: string, option: string): number {
  const rate = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && rate >= 0.01 && rate <= 100_000) return rate;
  throw new CliError('BAD_ARGUMENT', `${option} must be letters per second, 0.01 to 100000, got "${text}".`);
}

/** `10` or `10%`. @throws CliError BAD_ARGUMENT */
export function parsePercent(text: string, option: string): number {
  const percent = Number(text.replace(/%$/, ''));
  if (/^\d+(?:\.\d+)?%?$/.test(text) && percent <= 100) return percent;
  throw new CliError('BAD_ARGUMENT', `${option} must be a percentage from 0 to 100, got "${text}".`);
}

/** A duration in milliseconds, an hour at most. @throws CliError BAD_ARGUMENT */
export function parseWait(text: string, option: string): number {
  const ms = parseDuration(text) ?? Number.NaN;
  if (ms >= 1000 && ms <= 3_600_000) return ms;
  throw new CliError('BAD_ARGUMENT', `${option} must be from 1s to 1h, written as 30s or 2m, got "${text}".`);
}
