import { differences, plannedTooOften, readBudget, writeBudget } from './budget.js';

const PAGE = `# Title

| service | what | an order | rows | for |
|---|---|---|---|---|
| order | transactions | 5 |  |  |
| order | round trips of a transaction, at most | 4 |  |  |
| order | \`saga_load\` | 4 | 4 | what the saga knows |
| order | \`outbox_mark\` | ≤ 2 |  | in bulk |
| order | Fetch requests | 4 + every 2 s |  |  |
| each | \`outbox_poll\`; \`outbox_claim\` | every 2 s |  | the poll |
`;

const AS_BUDGETED = [
  { service: 'order', what: 'transactions', count: 50 },
  { service: 'order', what: 'round trips of a transaction, at most', count: 4 },
  { service: 'order', what: 'saga_load', count: 40, rows: 40, text: 'SELECT saga' },
  { service: 'order', what: 'outbox_mark', count: 13, rows: 40, text: 'UPDATE outbox' },
  { service: 'order', what: 'Fetch requests', count: 42 },
  { service: 'payment', what: 'outbox_claim', count: 3, rows: 0, text: 'SELECT outbox' },
];

function found(what: string, change: object): readonly string[] {
  const lines = AS_BUDGETED.map((line) => (line.what === what ? { ...line, ...change } : line));
  return differences(readBudget(PAGE), { lines, orders: 10, elapsedMs: 3_000 });
}

describe('the budget of an order', () => {
  it('is kept by what it says', () => {
    expect(found('none', {})).toEqual([]);
  });

  it.each([
    ['saga_load', { count: 41 }, 'order: saga_load costs 4 an order, now 4.1 (41 in all):\nSELECT saga'],
    ['saga_load', { rows: 50 }, 'order: saga_load has 4 rows an order, now 5:\nSELECT saga'],
    ['saga_load', { what: 'saga_look' }, 'order: saga_look is new, 4 an order:\nSELECT saga'],
    ['outbox_mark', { count: 23 }, 'order: outbox_mark costs ≤ 2 an order, now 2.3 (23 in all):\nUPDATE outbox'],
    [
      'outbox_claim',
      { count: 10 },
      'payment: outbox_claim costs every 2 s an order, now 1 (10 in all):\nSELECT outbox',
    ],
    ['Fetch requests', { count: 50 }, 'order: Fetch requests costs 4 + every 2 s an order, now 5 (50 in all)'],
    [
      'round trips of a transaction, at most',
      { count: 5 },
      'order: round trips of a transaction, at most costs 4 an order, now 5 (5 in all)',
    ],
  ])('fails when %s grows: %p', (what, change, difference) => {
    expect(found(what, change)[0]).toBe(difference);
  });

  it('asks to be lowered when something costs less', () => {
    expect(found('saga_load', { count: 30, rows: 40 })).toEqual([expect.stringContaining('npm run cost:write')]);
    expect(found('saga_load', { what: 'Fetch requests', count: 40 })).toEqual([
      expect.stringContaining('saga_load is no longer done'),
    ]);
  });

  it('takes the numbers that were measured, and keeps what people wrote', () => {
    const lines = [
      { service: 'order', what: 'saga_load', count: 30, rows: 30, text: 'SELECT saga' },
      { service: 'order', what: 'outbox_mark', count: 9, rows: 40, text: 'UPDATE outbox' },
      { service: 'order', what: 'Fetch requests', count: 32 },
      { service: 'payment', what: 'saga_load', count: 10, rows: 0, text: 'SELECT saga' },
      { service: 'payment', what: 'outbox_claim', count: 3, rows: 0, text: 'SELECT outbox' },
    ];
    expect(writeBudget(PAGE, { lines, orders: 10, elapsedMs: 3_000 })).toBe(`# Title

| service | what | an order | rows | for |
|---|---|---|---|---|
| order | \`saga_load\` | 3 | 3 | what the saga knows |
| order | \`outbox_mark\` | ≤ 2 |  | in bulk |
| order | Fetch requests | 3 + every 2 s |  |  |
| payment | \`saga_load\` | 1 | 0 | what the saga knows |
| each | \`outbox_poll\`; \`outbox_claim\` | every 2 s |  | the poll |
`);
  });

  it('tells what is planned more often than once a connection', () => {
    const line = { service: 'order', what: 'saga_load', count: 40, text: 'SELECT saga', connections: 2 };
    expect(plannedTooOften([{ ...line, plans: 2 }])).toEqual([]);
    expect(plannedTooOften([{ ...line, plans: 3 }])).toEqual([
      'order: saga_load was planned 3 times for 40 calls:\nSELECT saga',
    ]);
  });
});
