// Starts Waybill in a temporary folder on free ports, has an order fulfilled, measures how idle everything that runs is, and stops.
// Under whichever Node runs this file; needs a build.  node scripts/smoke.mjs
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { chosenEnvironment } from '../dist/libs/embedded/src/processes/chosen-environment.js';

const START_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 45_000;
const SETTLE_MS = 8000;
const IDLE_MS = 20_000;
/**
 * How often the processes of an idle stack may leave their sleep, all together, in a second: about 62 do. Unlike CPU time, it doesn't
 * depend on what else the machine does. One connection on which kafkajs spins (kafkajs#1751) alone makes 1000.
 */
const WAKE_UPS_LIMIT = 120;
/** The goal for a machine of its own. On a busy one, the same work costs two to three times as much: caches are cold. */
const IDLE_GOAL_PERCENT = 5;
const IDLE_LIMIT_PERCENT = 10;
const TICKS_PER_SECOND = 100; // of /proc/<pid>/stat on Linux

const folder = mkdtempSync(join(tmpdir(), 'waybill-smoke-'));
for (const part of ['dist', 'node_modules']) {
  symlinkSync(resolve(part), join(folder, part), 'junction');
}
const [order, payment, inventory, shipping, kafka, postgres] = await freePorts(6);
const startedAt = performance.now();
const stack = spawn(process.execPath, ['--enable-source-maps', 'dist/scripts/start.js'], {
  cwd: folder,
  env: {
    ...chosenEnvironment(),
    ORDER_PORT: order,
    PAYMENT_PORT: payment,
    INVENTORY_PORT: inventory,
    SHIPPING_PORT: shipping,
    KAFKA_PORT: kafka,
    POSTGRES_PORT: postgres,
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let output = '';
stack.stdout.on('data', (chunk) => (output += chunk));
const ended = new Promise((done) => stack.once('exit', (code, signal) => done(signal ?? code)));

let failure;
try {
  await until(() => output.includes('Waybill is up'), START_DEADLINE_MS, 'Waybill to be up');
  console.log(`up after ${seconds(startedAt)} s on Node ${process.versions.node}`);
  await fulfilOneOrder();
  console.log(`first order fulfilled after ${seconds(startedAt)} s`);
  await checkIdleness();
} catch (error) {
  failure = error;
}
stack.kill('SIGTERM');
const killer = setTimeout(() => stack.kill('SIGKILL'), STOP_DEADLINE_MS);
const how = await ended;
clearTimeout(killer);
if (failure === undefined && how !== 0) {
  failure = new Error(`npm start ended with ${how} instead of 0`);
}
rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
if (failure !== undefined) {
  console.error(`${output}\n${failure.stack}`);
  process.exit(1);
}
console.log('stopped cleanly');

async function fulfilOneOrder() {
  const products = await json(`http://127.0.0.1:${inventory}/products`);
  const sku = products.map((product) => product.sku).find((name) => !/SOLD-OUT|LIMITED/.test(name));
  const { status, failure: why } = await json(`http://127.0.0.1:${order}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify({
      customerId: 'smoke',
      items: [{ sku, quantity: 1 }],
      shippingAddress: { name: 'Ada', line1: '12 Way', city: 'London', postalCode: 'W1A 1AA', country: 'GB' },
      paymentMethod: 'pm_card_ok',
    }),
  });
  if (status !== 'FULFILLED') {
    throw new Error(`the order is ${status}: ${JSON.stringify(why)}`);
  }
}

async function json(url, init) {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(40_000) });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${url} answered ${response.status}: ${text}`);
  }
  return JSON.parse(text);
}

/** Every process of the stack, descendants included: the supervisor with the broker, the four apps, PostgreSQL and its backends. */
async function checkIdleness() {
  if (!existsSync('/proc/self/stat')) {
    console.log('idleness: not measured, this system has no /proc');
    return;
  }
  await sleep(SETTLE_MS);
  const before = usage();
  await sleep(IDLE_MS);
  let totalPercent = 0;
  let totalWakeUps = 0;
  for (const [pid, { name, cpuSeconds, wakeUps }] of usage()) {
    const percent = ((cpuSeconds - (before.get(pid)?.cpuSeconds ?? 0)) / (IDLE_MS / 1000)) * 100;
    const perSecond = (wakeUps - (before.get(pid)?.wakeUps ?? 0)) / (IDLE_MS / 1000);
    totalPercent += percent;
    totalWakeUps += perSecond;
    if (perSecond >= 3) {
      console.log(`  ${perSecond.toFixed(0).padStart(4)} wake-ups/s  ${percent.toFixed(1)} %  ${name} (${pid})`);
    }
  }
  const load = loadavg()[0].toFixed(1);
  console.log(
    `idle: ${totalWakeUps.toFixed(0)} wake-ups/s (limit ${WAKE_UPS_LIMIT}), ${totalPercent.toFixed(1)} % of a core`,
  );
  console.log(
    `      (goal ${IDLE_GOAL_PERCENT} %, limit ${IDLE_LIMIT_PERCENT} %; load average of this machine: ${load})`,
  );
  if (totalWakeUps >= WAKE_UPS_LIMIT || totalPercent >= IDLE_LIMIT_PERCENT) {
    throw new Error('the stack is not idle when it has nothing to do');
  }
}

function usage() {
  const parents = new Map();
  const all = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const name = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(-60);
      const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
      parents.set(pid, fields[1]);
      all.set(pid, { name, cpuSeconds, wakeUps: wakeUpsOf(pid) });
    } catch {
      // it ended while we looked
    }
  }
  const root = String(stack.pid);
  const belongs = (pid) => pid !== undefined && (pid === root || belongs(parents.get(pid)));
  return new Map([...all].filter(([pid]) => belongs(pid)));
}

/** How often the process's first thread, in which Node's event loop and each PostgreSQL backend runs, has gone to sleep. */
function wakeUpsOf(pid) {
  return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((done) => {
          const server = createServer().listen(0, '127.0.0.1', () => done(server));
        }),
    ),
  );
  const ports = servers.map((server) => String(server.address().port));
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

async function until(condition, deadlineMs, what) {
  const deadline = Date.now() + deadlineMs;
  while (!condition()) {
    if (stack.exitCode !== null || stack.signalCode !== null || Date.now() > deadline) {
      throw new Error(`timed out waiting for ${what}`);
    }
    await sleep(100);
  }
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1);
}
