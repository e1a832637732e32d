import type { Money } from './bodies.js';

/** Of minor units, of which a currency may have none, two or three digits. */
export function money({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

export function count(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}

/** 12 ms, 3.4 s, 5 min, 2 h 10 min, 3 d. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d`;
}

/** A minute ago, to the second; from the clock of the person who looks, so what lies ahead counts as now. */
export function ago(iso: string, nowMs: number): string {
  const ms = nowMs - Date.parse(iso);
  if (ms < -2_000) return `in ${duration(Math.round(-ms / 1_000) * 1_000).replace(/\.0 s$/, ' s')}`;
  if (ms < 2_000) return 'now';
  return `${duration(Math.floor(ms / 1_000) * 1_000).replace(/\.0 s$/, ' s')} ago`;
}

/** In the time zone of the person who looks, to the millisecond. */
export function exact(iso: string): string {
  const time = new Date(iso);
  const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');
  const day = `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
  const clock = `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}.${pad(time.getMilliseconds(), 3)}`;
  return `${day} ${clock}`;
}

/** The end of an id tells one of today's from another; the beginning is the time. */
export function shortId(id: string): string {
  return id.length > 13 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
}

/** `COMPENSATION_FAILED` → compensation failed, `process-payment` → process payment. */
export function words(code: string): string {
  return code.replaceAll(/[_-]/g, ' ').toLowerCase();
}

/** 0.4, 12, 1.2k. */
export function perSecond(value: number): string {
  if (value >= 1_000) return `${(value / 1_000).toFixed(1)}k`;
  return value >= 10 || value === 0 ? String(Math.round(value)) : value.toFixed(1);
}

/** A time for a field that has no zone of its own: that of the person who looks. */
export function localOf(iso: string): string {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? '' : exact(iso).slice(0, 19).replace(' ', 'T');
}

/** The other way; '' where the field is empty. */
export function isoOf(local: string): string {
  const ms = Date.parse(local);
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}
