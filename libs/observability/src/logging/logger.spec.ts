import { Logger as Nest } from '@nestjs/common';

import { runWithContext } from '../tracing/context.js';
import { createLogger } from './logger.js';
import { NestLogger } from './nest-logger.js';

class Lines {
  readonly written: string[] = [];

  write(line: string): void {
    this.written.push(line);
  }

  get last(): Record<string, unknown> {
    return JSON.parse(this.written.at(-1) ?? '{}') as Record<string, unknown>; // what pino has just written
  }
}

const setUp = () => {
  const lines = new Lines();
  const logger = createLogger({ service: 'order', level: 'debug', destination: lines });
  return { lines, logger, nest: new NestLogger(logger) };
};

it('puts the correlation id of the running work on every line, across awaits', async () => {
  const { lines, logger } = setUp();
  await runWithContext({ correlationId: 'c-1', causationId: 'm-1' }, async () => {
    await Promise.resolve();
    logger.info({ orderId: 'o-1' }, 'Order placed');
  });
  expect(lines.last).toMatchObject({
    level: 'info',
    service: 'order',
    correlationId: 'c-1',
    causationId: 'm-1',
    orderId: 'o-1',
    msg: 'Order placed',
  });
  logger.info('Started');
  expect(lines.last).not.toHaveProperty('correlationId');
});

it('F38 keeps personal and card data out, however deep it is nested', () => {
  const { lines, logger, nest } = setUp();
  const order = {
    orderId: 'o-1',
    shippingAddress: { name: 'Ada Lovelace' },
    payment: { card_number: '4111111111111111', inner: [{ Email: 'ada@example.org', postalCode: '12345' }] },
    headers: { authorization: 'Bearer abc' },
    body: Buffer.from('Ada Lovelace'),
  };
  logger.info(order, 'Order placed');
  nest.log('Order placed', order, 'Orders');
  logger.child({ orderId: 'o-1', email: 'ada@example.org' }).warn({ order }, 'Order placed');
  expect(lines.written.join('')).not.toMatch(/Ada|4111|ada@|12345|abc/);
  expect(lines.last).toMatchObject({ orderId: 'o-1' });
});

it('F38 logs of an error its type, code, message, stack and causes, and nothing that a driver hangs on it', () => {
  const { lines, logger, nest } = setUp();
  const cause = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (email)=(ada@example.org) already exists',
    parameters: ['ada@example.org'],
  });
  const error = new Error('Order not saved', { cause });
  logger.error({ error }, 'Request failed');
  expect(lines.last).toMatchObject({
    error: { type: 'Error', message: 'Order not saved', cause: { code: '23505', message: 'duplicate key' } },
  });
  nest.error('Request failed', error, 'Http');
  expect(lines.last).toMatchObject({ context: 'Http', msg: 'Request failed', error: { message: 'Order not saved' } });
  expect(lines.written.join('')).not.toContain('ada@');
});

it('F81 logs no value that PostgreSQL quotes, neither its own error nor one that wraps it', () => {
  const { lines, logger, nest } = setUp();
  const fields = {
    code: '22P02',
    severity: 'ERROR',
    detail: 'Key (email)=(ada@example.org)',
    table: 'payment',
    column: 'id',
  };
  const cause = Object.assign(new Error('invalid input syntax for type uuid: "ada@example.org"'), fields);
  const wrapped = Object.assign(new Error(cause.message), {
    driverError: cause,
    query: 'SELECT',
    parameters: ['ada@'],
  });
  logger.error({ error: wrapped }, 'Request failed');
  nest.error(cause, 'Http');
  nest.error('Request failed', new Error('Not saved', { cause }), 'Http');
  expect(lines.last).toMatchObject({
    error: { cause: { message: 'PostgreSQL error 22P02 (table payment, column id)' } },
  });
  expect(lines.written.join('')).toContain('logger.spec'); // where it happened
  expect(lines.written.join('')).not.toContain('ada@');
});

it('takes the calls that Nest itself makes', () => {
  const { lines, nest } = setUp();
  nest.log('Nest application started', 'NestApplication');
  expect(lines.last).toMatchObject({ context: 'NestApplication', msg: 'Nest application started' });
  nest.error('It failed', 'Error: it failed\n    at there', 'ExceptionsHandler');
  expect(lines.last).toMatchObject({
    level: 'error',
    context: 'ExceptionsHandler',
    stack: expect.stringMatching(/^Err/),
  });
  nest.error(new Error('thrown'));
  expect(lines.last).toMatchObject({ msg: 'thrown', error: { message: 'thrown' } });
  Nest.overrideLogger(nest);
  new Nest('Orders').warn('Slow', { orderId: 'o-1' });
  expect(lines.last).toMatchObject({ level: 'warn', context: 'Orders', orderId: 'o-1', msg: 'Slow' });
  Nest.overrideLogger(false);
});

const CALLS: readonly [string, (nest: NestLogger) => void, Record<string, unknown>][] = [
  ['a string', (nest) => nest.log('Slow'), {}],
  ['a string and a context', (nest) => nest.log('Slow', 'Orders'), { context: 'Orders' }],
  ['a string and fields', (nest) => nest.warn('Slow', { ms: 7 }), { ms: 7 }],
  ['a string, fields and a context', (nest) => nest.warn('Slow', { ms: 7 }, 'Orders'), { ms: 7, context: 'Orders' }],
  ['an object with `message`', (nest) => nest.warn({ message: 'Slow', ms: 7 }), { ms: 7 }],
  ['an object with `msg`', (nest) => nest.log({ msg: 'Slow', ms: 7 }, 'Orders'), { ms: 7, context: 'Orders' }],
  [
    'an object with `message` and an error',
    (nest) => nest.error({ message: 'Slow', err: new Error('why') }),
    { err: { message: 'why' } },
  ],
  [
    'a string, an error, fields and a context',
    (nest) => nest.error('Slow', new Error('why'), { ms: 7 }, 'Orders'),
    { ms: 7, context: 'Orders', error: { message: 'why' } },
  ],
  ['an error alone', (nest) => nest.fatal(new Error('Slow')), { error: { message: 'Slow' } }],
  ['a number', (nest) => nest.log(7), { msg: '7' }],
];

it.each(CALLS)('loses neither the text nor a field of a call with %s', (_, call, expected) => {
  const { lines, nest } = setUp();
  call(nest);
  expect(lines.last).toMatchObject({ msg: 'Slow', ...expected });
  expect(lines.last).not.toHaveProperty('message');
});

it('writes nothing below its level', () => {
  const { lines, nest } = setUp();
  nest.verbose('Detail', 'Orders');
  expect(lines.written).toEqual([]);
});
