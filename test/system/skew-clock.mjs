// Loaded before a program (node --import): its clock is CLOCK_SKEW_MS off, as that of a machine without time synchronisation.
// What measures durations (performance.now, timers) is right there too, and stays as it is.
const skewMs = Number(process.env.CLOCK_SKEW_MS);
if (!Number.isSafeInteger(skewMs)) throw new TypeError('CLOCK_SKEW_MS must be whole milliseconds');

const RealDate = Date;
const now = () => RealDate.now() + skewMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
const { timeOrigin } = performance;
Object.defineProperty(performance, 'timeOrigin', { value: timeOrigin + skewMs });
