import { runProgram } from './program.js';
import { ContractServer } from './testing/contract-server.js';
import type { TestAct, TestIncident } from './testing/contract.js';
import { placeOn } from './testing/placed-orders.js';
import { RecordingTerminal } from './testing/recording-terminal.js';

let order: ContractServer;
let payment: ContractServer;

beforeEach(async () => {
  [order, payment] = [await ContractServer.start(), await ContractServer.start()];
});

afterEach(() => Promise.all([order.stop(), payment.stop()]));

/** As in a pipe, or on a terminal of that width. */
async function waybillOn(columns: number, argv: readonly string[]) {
  const terminal = new RecordingTerminal(false, false, columns);
  const env = { ORDER_URL: order.url, PAYMENT_URL: payment.url, SHIPPING_URL: 'http://127.0.0.1:1' };
  const chosen = argv.includes('-s') ? argv : [...argv, '-s', 'order,payment'];
  const code = await runProgram({ argv: chosen, env, terminal });
  const { out, err } = terminal;
  return { code, out, err };
}

const waybill = (...argv: string[]) => waybillOn(Infinity, argv);

async function documentOf(...argv: string[]): Promise<Record<string, unknown>> {
  return JSON.parse((await waybill(...argv, '--json')).out) as Record<string, unknown>; // what the tests look at, they compare
}

/** A whole second, four days and four hours ago: how wide an age is must not change with the day on which the tests run. */
const START = Math.floor(Date.now() / 1_000 - 100 * 3_600) * 1_000;
const at = (seconds: number): string => new Date(START + seconds * 1_000).toISOString();
const ORDER = '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f';
const UNREACHABLE = ['-s', 'payment,shipping'];
const WAITING = 'Dead letters wait for an operator (group=payment); value 3, peak 7, threshold 0';

/** The cells of each line. */
const rowsOf = ({ out }: { readonly out: string }): readonly string[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => line.trimStart().split(/ {2,}/).join(' | '));

function began(service: ContractServer, seconds: number, more: Partial<TestIncident> = {}): void {
  const id = `00000000-0000-4000-8000-${String(service.state.incidents.length).padStart(12, '0')}`;
  service.state.incidents.push({
    id,
    rule: 'dead-letters',
    subject: 'group=payment',
    severity: 'warning',
    summary: 'Dead letters wait for an operator',
    value: 3,
    peak: 7,
    threshold: 0,
    startedAt: at(seconds),
    seenAt: at(seconds),
    endedAt: null,
    unconfirmedSince: null,
    ...more,
  });
}

describe('incidents', () => {
  it('are one list of all services, the latest to begin first, with their beginnings and ends', async () => {
    const lag = { rule: 'consumer-lag', subject: '', summary: 'Messages wait', value: 61.2, peak: 90.7, threshold: 60 };
    began(payment, 0, { endedAt: at(125), severity: 'critical' });
    began(order, 60, lag);
    began(payment, 120, { endedAt: at(200), unconfirmedSince: at(150) });
    const ended = await waybill('incidents');
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(rowsOf(ended)).toEqual([
      'SEVERITY | SERVICE | RULE | BEGAN | ENDED | LASTED | WHAT',
      `warning | payment | dead-letters | ${at(120)} | ${at(200)} | 1m 20s | ${WAITING}; not measured to its end, from ${at(150)}`,
      expect.stringMatching(
        `^warning . order . consumer-lag . ${at(60)} . open . [^|]+ . Messages wait; value 61, peak 91, threshold 60$`,
      ),
      `critical | payment | dead-letters | ${at(0)} | ${at(125)} | 2m 5s | ${WAITING}`,
      '3 incidents.',
    ]);
  });

  it('are those that are open, of a severity, or open then or later', async () => {
    began(order, 0, { severity: 'critical' });
    began(payment, 10, { endedAt: at(20) });
    const found = (...args: string[]) => documentOf('incidents', ...args);
    expect(await found('--open')).toMatchObject({ items: [{ service: 'order' }], isMore: false, failures: [] });
    expect(await found('--severity', 'warning')).toMatchObject({ items: [{ service: 'payment', endedAt: at(20) }] });
    expect(await found('--since', at(15))).toMatchObject({ items: [{ service: 'payment' }, { service: 'order' }] });
    expect(await found('--since', at(21))).toMatchObject({ items: [{ service: 'order' }] });
    expect(payment.calls.map(({ query }) => query)).toContainEqual({ since: at(15), limit: '51' });
    expect((await waybill('incidents', '--open', '-s', 'payment')).out).toBe('No incidents match.\n');
  });

  it('are as many as are wanted, of whichever service, and it is said that there are more', async () => {
    for (let index = 0; index < 150; index++) began(payment, 2 * index);
    for (let index = 0; index < 3; index++) began(order, 2 * index + 1);
    const { items } = (await documentOf('incidents', '--limit', '152')) as { items: TestIncident[] };
    const times = [0, 1, 2, 3, 4, 5, ...Array.from({ length: 147 }, (_, index) => 6 + 2 * index)].toReversed();
    expect(items.map(({ startedAt }) => startedAt)).toEqual(times.slice(0, 152).map(at));
    expect((await waybill('incidents', '--limit', '2')).out).toMatch(
      /\n2 incidents, and there are more; --limit shows them\.\n$/,
    );
  });

  it('of a service that cannot be reached are not known, which is said with exit code 3', async () => {
    began(payment, 0);
    const ended = await waybill('incidents', ...UNREACHABLE);
    expect(ended).toMatchObject({ code: 3, err: expect.stringContaining("shipping can't be reached") });
    expect(ended.out).toContain('group=payment');
    payment.state.incidents = [];
    expect(await waybill('incidents', ...UNREACHABLE)).toMatchObject({
      code: 3,
      out: 'No incidents in the services that answered.\n',
    });
  });

  it('are whole in a pipe, and obey no control character', async () => {
    began(payment, 0, { subject: `topic=${'x'.repeat(500)}\u001B[2J` });
    const { out } = await waybill('incidents');
    expect(out).toContain(`(topic=${'x'.repeat(500)}\\x1b[2J); value 3`);
    expect(out).not.toContain('\u001B');
  });

  it('can be read at 60 columns', async () => {
    began(payment, 0, { rule: 'dead-letters-growing', endedAt: at(60) });
    began(order, 60);
    const lines = (await waybillOn(60, ['incidents'])).out.trimEnd().split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
    expect(lines[1]).toMatch(/^warning +order +dead-letters +\d\S* ?\S* ago +open$/);
    expect(lines.slice(2, 4).join(' ').replace(/ +/g, ' ')).toBe(` ${WAITING}`);
  });
});

function did(service: ContractServer, seconds: number, more: Partial<TestAct> = {}): void {
  const act = { act: 'sagas.skip', who: 'ada', why: 'goodwill, INC-7', subject: ORDER, key: ORDER, detail: {} };
  service.state.acts.push({ id: String(service.state.acts.length + 1), at: at(seconds), ...act, ...more });
}

describe('audit', () => {
  const edit = { act: 'dead-letters.edit', who: 'bob', subject: '42', detail: { letters: 1 } };

  it('is one list of all services, newest first: who did what to what, when and why', async () => {
    did(order, 0);
    did(payment, 10, edit);
    did(order, 20, { act: 'stock.restock', who: null, why: null, subject: 'SKU-MUG-BLUE', key: null });
    expect(rowsOf(await waybill('audit'))).toEqual([
      'AT | SERVICE | WHO | ACT | ON | ORDER | DETAIL | WHY',
      `${at(20)} | order | - | stock.restock | SKU-MUG-BLUE | - | - | -`,
      `${at(10)} | payment | bob | dead-letters.edit | 42 | ${ORDER} | letters=1 | goodwill, INC-7`,
      `${at(0)} | order | ada | sagas.skip | ${ORDER} | - | - | goodwill, INC-7`,
      '3 acts.',
    ]);
  });

  it('is what somebody did, since when, or about what; an order may be given in part', async () => {
    did(order, 0);
    did(payment, 10, edit);
    did(payment, 20, { ...edit, key: null });
    placeOn(order, 0, { id: ORDER, placedAt: '2025-07-04T18:13:05.182Z' });
    const found = async (...args: string[]) => (await documentOf('audit', ...args))['items'];
    expect(await found('--who', 'ada')).toMatchObject([{ service: 'order', act: 'sagas.skip' }]);
    expect(await found('--since', at(15))).toMatchObject([{ at: at(20) }]);
    expect(await found('--about', '42')).toMatchObject([{ at: at(20) }, { at: at(10) }]);
    expect(await found('--about', '0197d6a4…4e5f')).toMatchObject([{ at: at(10) }, { at: at(0) }]);
    expect((await waybill('audit', '--who', 'cy')).out).toBe('No acts match.\n');
  });

  it('lacks what was done to a service that cannot be reached, which is said with exit code 3', async () => {
    did(payment, 0);
    const ended = await waybill('audit', ...UNREACHABLE);
    expect(ended).toMatchObject({ code: 3, err: expect.stringContaining("shipping can't be reached") });
    expect(ended.out).toContain('sagas.skip');
  });

  it('can be read at 60 columns', async () => {
    did(payment, 0, { ...edit, act: 'dead-letters.discard' });
    const lines = (await waybillOn(60, ['audit'])).out.trimEnd().split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
    expect(lines[1]).toMatch(/ ago +payment +bob +dead-letters\S* +42( |$)/);
    expect(lines[2]).toBe('  goodwill, INC-7');
  });
});
