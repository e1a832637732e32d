// F57: the compose file, really run: an empty volume, the kept one, and the broker recreated under the running apps. Each time an order
// must be fulfilled and no app may have restarted. F74: what nobody else may reach isn't reached. Needs Docker; not part of `npm test`.
// The emulator of SNS and SQS forgets everything each time: with `--broker sqs` this shows that orders go on, not that messages outlive it.
//   npm run test:compose -- [--broker kafka|rabbitmq|nats|sqs] [--rounds 2] [--keep]
// COMPOSE and DOCKER name other commands than `docker compose` and `docker`, e.g. COMPOSE=docker-compose.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

import { SERVICE_NAMES as APPS, services } from '../dist/libs/contracts/src/services.js';

const { values } = parseArgs({
  options: {
    broker: { type: 'string', default: 'kafka' },
    rounds: { type: 'string', default: '2' },
    keep: { type: 'boolean', default: false },
  },
});
const { broker } = values;
const settings = broker === 'kafka' ? [] : ['--env-file', `compose/${broker}.env`];
const compose = [...(process.env.COMPOSE ?? 'docker compose').split(' '), ...settings];
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
  const headers = { 'content-type': 'application/json', prefer: 'wait=30' };
  const ended = await call('/orders', { method: 'POST', headers, body: ${JSON.stringify(JSON.stringify(ORDER))} });
  const { items } = await call('/orders?customerId=compose&limit=100');
  console.log(JSON.stringify({ id: ended.id, status: ended.status, orders: items.length }));`;

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
  for (const service of ['postgres', broker, ...APPS]) {
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

/** What psql, as the superuser, prints for one query. */
const PSQL = 'PGPASSWORD=$POSTGRES_PASSWORD exec psql -h 127.0.0.1 -U postgres -qtA "$@"';
const sql = (query, database = 'postgres') =>
  run(compose, ['exec', '-T', 'postgres', 'sh', '-c', PSQL, 'psql', '-d', database, '-c', query], { quiet: true });

function expectEqual(what, actual, expected) {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Error(`F74: ${what}: ${found} instead of ${wanted}`);
}

/** The statuses that one service's operators' paths answer: without a token, with a wrong one, with the one that was made. */
const ASK = (name, port) => `
  import { readFileSync } from 'node:fs';
  const token = readFileSync('/run/waybill/order/admin-token', 'utf8');
  const statuses = [];
  for (const authorization of [undefined, 'Bearer no-such-token', 'Bearer ' + token]) {
    const headers = authorization === undefined ? {} : { authorization };
    for (const path of ['/admin/outbox', '/metrics']) {
      statuses.push((await fetch('http://${name}:${port}' + path, { headers })).status);
    }
  }
  console.log(JSON.stringify(statuses));`;

/** F74: ports on 127.0.0.1 alone, roles that are no superusers and reach their own databases, tokens, read-only containers. */
function checkClosed() {
  for (const service of ['postgres', broker, ...APPS]) {
    const published = JSON.parse(inspect(service, '{{json .NetworkSettings.Ports}}'));
    const addresses = Object.values(published).flatMap((bindings) => (bindings ?? []).map(({ HostIp }) => HostIp));
    expectEqual(`${service} is published on`, [...new Set(addresses)], ['127.0.0.1']);
    const { ReadonlyRootfs, CapDrop, CapAdd, SecurityOpt } = JSON.parse(inspect(service, '{{json .HostConfig}}'));
    const confined = [ReadonlyRootfs, CapDrop, CapAdd ?? [], SecurityOpt];
    expectEqual(`${service} is confined`, confined, [true, ['ALL'], [], ['no-new-privileges:true']]);
  }
  const roles = sql(
    'SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolcanlogin ORDER BY 1',
  );
  const ours = APPS.map((name) => `waybill_${name}|f`).sort((a, b) => a.localeCompare(b));
  expectEqual('roles that can log in, and which may do more', roles.split('\n'), ['postgres|t', ...ours]);
  const reached = sql(
    "SELECT r.rolname, d.datname FROM pg_roles r, pg_database d WHERE r.rolname LIKE 'waybill%' AND d.datallowconn AND has_database_privilege(r.oid, d.oid, 'CONNECT') ORDER BY 1, 2",
  );
  expectEqual('databases that each role reaches', reached.split('\n'), [
    'waybill_inventory|waybill_inventory',
    'waybill_order|waybill_order',
    'waybill_payment|waybill_payment',
    'waybill_payment|waybill_payment_provider',
    'waybill_shipping|waybill_carrier',
    'waybill_shipping|waybill_shipping',
  ]);
  for (const { name, port } of Object.values(services)) {
    const script = ASK(name, port);
    const asked = run(compose, ['exec', '-T', 'order', 'node', '--input-type=module', '-e', script], { quiet: true });
    expectEqual(`${name} answers`, JSON.parse(asked.split('\n').at(-1)), [401, 401, 401, 401, 200, 200]);
  }
  say('F74: closed');
}

/** As volumes of versions in which the superuser owned everything. */
function giveBackToSuperuser() {
  for (const app of APPS) sql(`REASSIGN OWNED BY waybill_${app} TO postgres`, `waybill_${app}`);
}

async function up(...args) {
  const began = Date.now();
  run(compose, ['up', '-d', ...args]);
  await untilHealthy();
  say(`up ${args.join(' ')}: all healthy after ${((Date.now() - began) / 1000).toFixed(0)} s`);
}

// What is there under its name may be of any day.
run(compose, ['build']);
for (let round = 1; round <= Number(values.rounds); round += 1) {
  say(`round ${round} of ${values.rounds}`);
  run(compose, ['down', '-v']);
  await up();
  placeOrder('empty volumes');
  checkClosed();
  giveBackToSuperuser();
  run(compose, ['down']);
  await up();
  if (placeOrder('kept volumes') < 2) throw new Error('The first order is gone');
  await up('--force-recreate', '--no-deps', broker);
  if (placeOrder(`${broker} recreated`) < 3) throw new Error('Earlier orders are gone');
}
if (!values.keep) run(compose, ['down', '-v']);
say('F57, F74: passed');
