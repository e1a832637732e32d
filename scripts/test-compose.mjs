// F57: the compose file, really run: an empty volume, the kept one, and Kafka recreated under the running apps. Each time an order
// must be fulfilled and no app may have restarted. Needs Docker; not part of `npm test`.
//   npm run test:compose -- [--rounds 2] [--keep]
// COMPOSE and DOCKER name other commands than `docker compose` and `docker`, e.g. COMPOSE=docker-compose.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

import { SERVICE_NAMES as APPS } from '../dist/libs/contracts/src/services.js';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '2' }, keep: { type: 'boolean', default: false } },
});
const compose = (process.env.COMPOSE ?? 'docker compose').split(' ');
const docker = (process.env.DOCKER ?? 'docker').split(' ');
const READY_WITHIN_MS = 300_000;

const ORDER = {
  customerId: 'compose',
  items: [{ sku: 'SKU-MUG-BLUE', quantity: 1 }],
  shippingAddress: { name: 'A', line1: 'B', city: 'C', postalCode: '12345', country: 'DE' },
  paymentMethod: 'pm_card_ok',
};
/** Runs inside the order container, so that no published port has to be reachable from here. */
const PLACE = `
  const call = (path, init) => fetch('http://127.0.0.1:3001' + path, init).then((answer) => answer.json());
  const headers = { 'content-type': 'application/json' };
  const { id } = await call('/orders', { method: 'POST', headers, body: ${JSON.stringify(JSON.stringify(ORDER))} });
  const ended = await call('/orders/' + id, { headers: { prefer: 'wait=30' } });
  const { items } = await call('/orders?customerId=compose&limit=100');
  console.log(JSON.stringify({ id, status: ended.status, orders: items.length }));`;

function run([command, ...before], args, { quiet = false } = {}) {
  const stdio = ['ignore', 'pipe', quiet ? 'pipe' : 'inherit'];
  const { status, stdout } = spawnSync(command, [...before, ...args], {
    encoding: 'utf8',
    stdio,
    maxBuffer: 64_000_000,
  });
  if (status !== 0) throw new Error(`${[command, ...before, ...args].join(' ')} ended with ${status}`);
  return stdout.trim();
}

const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)}  ${text}`);
const idOf = (service) => run(compose, ['ps', '-q', service], { quiet: true }).split('\n').at(-1);
const inspect = (service, format) => run(docker, ['inspect', '-f', format, idOf(service)], { quiet: true });

/** Compose v1 has no --wait. */
async function untilHealthy() {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (const service of ['postgres', 'kafka', ...APPS]) {
    while (inspect(service, '{{.State.Health.Status}}') !== 'healthy') {
      if (Date.now() > deadline) throw new Error(`${service} was not healthy within ${READY_WITHIN_MS / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

function placeOrder(what) {
  const { id, status, orders } = JSON.parse(
    run(compose, ['exec', '-T', 'order', 'node', '--input-type=module', '-e', PLACE], { quiet: true })
      .split('\n')
      .at(-1),
  );
  const restarts = APPS.map((app) => `${app} ${inspect(app, '{{.RestartCount}}')}`);
  say(`${what}: order ${id} ${status}; orders so far ${orders}; restarts: ${restarts.join(', ')}`);
  if (status !== 'FULFILLED') throw new Error(`${what}: the order ended as ${status}`);
  if (restarts.some((entry) => !entry.endsWith(' 0'))) throw new Error(`${what}: an app restarted`);
  return orders;
}

async function up(...args) {
  const began = Date.now();
  run(compose, ['up', '-d', ...args]);
  await untilHealthy();
  say(`up ${args.join(' ')}: all healthy after ${((Date.now() - began) / 1000).toFixed(0)} s`);
}

for (let round = 1; round <= Number(values.rounds); round += 1) {
  say(`round ${round} of ${values.rounds}`);
  run(compose, ['down', '-v']);
  await up();
  placeOrder('empty volumes');
  run(compose, ['down']);
  await up();
  if (placeOrder('kept volumes') < 2) throw new Error('The first order is gone');
  await up('--force-recreate', '--no-deps', 'kafka');
  if (placeOrder('Kafka recreated') < 3) throw new Error('Earlier orders are gone');
}
if (!values.keep) run(compose, ['down', '-v']);
say('F57: passed');
