import { Body, Controller, Get, HttpCode, HttpException, Module, Param, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { currentContext } from '@waybill/observability';
import request from 'supertest';
import type { Response, Test } from 'supertest';

import { configureHttp } from '../configure-http.js';
import { HealthModule } from '../health/health.module.js';
import { ListQuery } from '../paging/list.query.js';
import { ConflictError, UnavailableError } from '../problem/problem.errors.js';
import type { ProblemError } from '../problem/problem.errors.js';
import type { Problem } from '../problem/problem.js';
import { UuidPipe } from '../request/uuid.pipe.js';
import { HttpAdapter } from '../service/http-adapter.js';
import { IsCountry } from '../validation/country.js';
import { IsIntegerIn } from '../validation/integer.js';
import { IsArrayOf, IsObjectOf } from '../validation/nested.js';
import { OneOfParameter } from '../validation/one-of.js';
import { Optional } from '../validation/optional.js';
import { IsText, IsTextLike } from '../validation/text.js';

class Line {
  @IsText({ max: 64 })
  sku: string;

  @IsIntegerIn({ min: 1, max: 10_000 })
  quantity: number;
}

class Address {
  @IsText()
  name: string;

  @Optional()
  @IsText()
  line2?: string;

  @IsCountry()
  country: string;
}

/** @internal An application that has one of everything. */
export class OrderBody {
  @IsTextLike(/[A-Za-z0-9_-]{1,64}/, '1 to 64 characters of A-Z, a-z, 0-9, _ and -')
  customerId: string;

  @IsArrayOf(() => Line, { min: 1, max: 3, uniqueBy: 'sku' })
  items: Line[];

  @IsObjectOf(() => Address)
  shippingAddress: Address;
}

class OrderQuery extends ListQuery {
  @Optional()
  @OneOfParameter(['PLACED', 'FULFILLED'])
  status?: string;
}

class DomainError extends Error {}

@Controller('orders')
class OrdersController {
  @Post()
  place(@Body() body: OrderBody): object {
    return { body, instance: body instanceof OrderBody && body.items[0] instanceof Line };
  }

  @Get()
  list(@Query() query: OrderQuery): object {
    return query;
  }

  @Get(':id')
  get(@Param('id', UuidPipe) id: string, @Query('view') view?: string): object {
    return { id, view: view ?? null };
  }

  @Post(':id/cancel')
  @HttpCode(202)
  cancel(@Param('id') id: string): object {
    switch (id) {
      case 'ended':
        throw new ConflictError('ORDER_ENDED', 'The order has ended.');
      case 'away':
        throw new UnavailableError('DATABASE_AWAY', 'The database is away.', 3);
      case 'foreign': {
        const foreign = new HttpException({ code: 'KEY_IN_FLIGHT', detail: 'Ask again.' }, 409);
        throw Object.assign(foreign, { headers: { 'Retry-After': '1' } });
      }
      case 'domain':
        throw new DomainError('a domain error');
      case 'ambiguous': // as `@waybill/database` says it
        throw Object.assign(new Error('The connection was lost during COMMIT'), { code: 'AMBIGUOUS_COMMIT' });
      case 'terminated':
        throw new Error('terminating connection due to administrator command');
      case 'terminated-and-answered': // what has its answer keeps it
        throw new HttpException('terminating', 418);
      default:
        throw Object.assign(new Error('password=hunter2 at row 5'), { query: 'SELECT secrets' });
    }
  }

  @Post('context')
  @HttpCode(200)
  context(): object {
    return { ...currentContext() };
  }
}

@Module({ imports: [HealthModule], controllers: [OrdersController] })
class OrdersModule {}

export const order = () => ({
  customerId: 'c-1',
  items: [{ sku: 'SKU-1', quantity: 2 }],
  shippingAddress: { name: 'Ada', country: 'GB' },
});

export const UUID = '0193a5b0-7e5c-7000-8000-000000000001';

function translateError(error: unknown): ProblemError | undefined {
  if (error instanceof DomainError) return new ConflictError('DOMAIN_REFUSES', 'The domain refuses.');
  const isOfConnection = error instanceof Error && /connection was lost/.test(error.message);
  return isOfConnection ? new UnavailableError('DATABASE_AWAY', 'Nothing was done; try again.') : undefined;
}

/** Starts the application on a free port. */
export async function startExampleApp(): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(OrdersModule, new HttpAdapter(), {
    bodyParser: false,
    logger: false,
  });
  const isDatabaseAway = (error: unknown) => error instanceof Error && error.message.startsWith('terminating');
  configureHttp(app, { translateError, isDatabaseAway });
  return app.listen(0, '127.0.0.1').then(() => app);
}

/** Sends a body as it is. */
export function postOrder(app: NestExpressApplication, body: object | string): Test {
  return request(app.getHttpServer())
    .post('/orders')
    .set('Content-Type', 'application/json')
    .send(typeof body === 'string' ? body : JSON.stringify(body));
}

export interface SeenProblem {
  readonly status: number;
  readonly code: string;
  readonly errors?: readonly (readonly [pointer: string, code: string])[];
}

/** What matters of an answer with problem details, after checking that it is one. */
export function problemIn(response: Response): SeenProblem {
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  const problem = JSON.parse(response.text) as Problem; // checked just below
  expect(problem).toMatchObject({
    type: 'about:blank',
    title: expect.stringMatching(/./),
    status: response.status,
    code: expect.stringMatching(/^[A-Z_]+$/),
    detail: expect.stringMatching(/./),
  });
  const { status, code, errors } = problem;
  return errors ? { status, code, errors: errors.map((fault) => [fault.pointer, fault.code]) } : { status, code };
}
