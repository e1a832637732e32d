// npm run lab:hold: holds each fault of the lab for a minute under load, and looks whether the invariants hold once all orders have ended.
//   node scripts/hold-faults.mjs [--url http://localhost:3001] [--seconds 60] [--only dial,dial]
// Against a system that `npm start` runs. Prints a row a dial, and ends with 1 if anything was broken.
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:3001' },
    seconds: { type: 'string', default: '60' },
    only: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const only = values.only?.split(',');
/** All orders end within this time after the fault, or are held for an operator, or the row says that they didn't. */
const END_MS = 300_000;
const MOST_HELD = 100;

/** What each dial is set to; a dial that is missing here is held as it is. */
const TRIED = {
  'kill-app': [{ app: 'order' }, { app: 'payment' }],
  'slow-provider': [{ provider: 'payments' }, { provider: 'carrier' }],
  'failing-provider': [
    { provider: 'payments', moment: 'after' },
    { provider: 'carrier', moment: 'before' },
  ],
};

/** An app that was killed doesn't answer: it is asked again. */
async function ask(path, { method = 'GET', body, patienceMs = 180_000 } = {}) {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      const response = await fetch(`${values.url}/console/api/${path}`, {
        method,
        headers: { 'x-waybill-console': '1', ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(20_000),
      });
      const answer = await response.json();
      if (response.ok) return answer;
      if (response.status < 500 || Date.now() > until) throw new Refused(`${method} ${path}: ${answer.detail}`);
    } catch (error) {
      if (error instanceof Refused || Date.now() > until) throw error;
    }
    await delay(1_000);
  }
}
class Refused extends Error {}

/** Asked once: what kills the app that serves this takes the answer with it, though it has begun. */
async function begin(dial, settings) {
  const chosen = Object.entries(settings).map(([name, value]) => ({ name, value }));
  try {
    await ask(`lab/faults/${dial}`, { method: 'POST', body: { seconds, settings: chosen }, patienceMs: 0 });
  } catch (error) {
    const { active, did } = await dialNamed(dial);
    if (active === null && did === 0) throw error;
  }
}
const dialNamed = async (name) => (await ask('lab/faults')).dials.find((dial) => dial.name === name);

/** Waits until every order that was placed has ended, or waits for an operator as an alert tells. @returns the last look */
async function whenAllEnded(beganMs) {
  for (;;) {
    const { isBehind, invariants } = await ask('lab/invariants');
    const [placed, ended] = ['no-order-lost', 'none-charged-twice'].map(
      (name) => invariants.find((one) => one.name === name).checked,
    );
    const failed = `services/order/admin/sagas?status=COMPENSATION_FAILED&limit=${MOST_HELD}`;
    const held = (await ask(failed)).items.length;
    const known = invariants.every(({ state }) => state !== 'unknown');
    if (!isBehind && known && placed <= ended + held) return { invariants, ended: true, held };
    if (performance.now() - beganMs > END_MS) return { invariants, ended: false, held };
    await delay(1_000);
  }
}

async function hold(name, settings) {
  await begin('load', { rate: '5', orders: 'mixed' });
  const dial = await dialNamed(name);
  if (dial.kind === 'once')
    for (let sent = 0; sent < seconds; sent += 5) await begin(name, settings).then(() => delay(5_000));
  else {
    await begin(name, settings);
    await delay(seconds * 1_000);
    while ((await dialNamed(name)).active !== null) await delay(500);
  }
  const endedMs = performance.now();
  while ((await dialNamed('load')).active !== null) await delay(500);
  const { invariants, ended, held } = await whenAllEnded(endedMs);
  const broken = invariants.filter(({ state }) => state !== 'holds').map((one) => `${one.name}: ${one.state}`);
  const row = [
    [name, ...Object.values(settings)].join(' '),
    dial.kind === 'once' ? Math.ceil(seconds / 5) : (await dialNamed(name)).did,
    (await dialNamed('load')).did,
    (ended ? `${((performance.now() - endedMs) / 1_000).toFixed(0)} s` : 'not ended') +
      (held > 0 ? `; in all ${held} held for an operator` : ''),
    broken.length === 0 ? `hold (${invariants.map(({ checked }) => checked).join(', ')} checked)` : broken.join('; '),
  ];
  console.log(`| ${row.join(' | ')} |`);
  return ended && broken.length === 0;
}

console.log(
  `| dial, held for ${seconds} s | did | orders placed | all ended after | invariants |\n|---|---|---|---|---|`,
);
let good = true;
for (const { name, unavailable } of (await ask('lab/faults')).dials) {
  if (name === 'load' || (only && !only.includes(name))) continue;
  if (unavailable !== null) {
    console.log(`| ${name} | not to be had: ${unavailable} | | | |`);
    continue;
  }
  for (const settings of TRIED[name] ?? [{}]) good = (await hold(name, settings)) && good;
}
process.exitCode = good ? 0 : 1;
