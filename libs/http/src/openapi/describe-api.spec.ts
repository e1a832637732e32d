import { Body, Controller, Get, Module, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApiBearerAuth, ApiExtension, ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';

import { ListQuery } from '../paging/list.query.js';
import { HttpAdapter } from '../service/http-adapter.js';
import { ApiProblems } from './api-problems.js';
import { describeApi } from './describe-api.js';

class ParcelBody {
  @ApiProperty({ example: 'P-1' }) id: string;
  @ApiProperty({ type: String, nullable: true }) note: string | null;
  @ApiPropertyOptional({ example: 'left out' }) hint?: string;
}

@ApiTags('admin: parcels')
@ApiBearerAuth()
@Controller('admin/parcels')
class AdminController {
  @Get()
  list(): void {}
}

@ApiTags('parcels')
@Controller('parcels')
class ParcelsController {
  @Post()
  @ApiProblems({ 409: { PARCEL_EXISTS: 'There is one already' } })
  @ApiExtension('x-problems-other-lib', { 409: { KEY_IN_FLIGHT: 'Ask again' } })
  @ApiOkResponse({ type: ParcelBody })
  send(@Body() _body: ParcelBody): void {}

  @Get()
  list(@Query() _query: ListQuery): void {}
}

@Module({ controllers: [AdminController, ParcelsController] })
class ParcelsModule {}

describe('the description of an API', () => {
  const described = async () => {
    const app = await NestFactory.create<NestExpressApplication>(ParcelsModule, new HttpAdapter(), {
      preview: true,
      logger: false,
    });
    const options = { title: 'Parcels', version: '1', operatorsProblems: { 503: { BUSY: 'Others ask' } } };
    return JSON.parse(JSON.stringify(describeApi(app, options))) as {
      readonly tags: readonly object[];
      readonly paths: Record<string, Record<string, { responses: Record<string, unknown>; requestBody?: unknown }>>;
      readonly components: { schemas: Record<string, unknown>; examples: Record<string, unknown> };
    };
  };
  const codes = (response: unknown) =>
    Object.keys(
      (response as { content: Record<string, { examples: object }> }).content['application/problem+json']?.examples ??
        {},
    );

  it("puts the service's own resources first and its operators' last, in whatever order the controllers come", async () => {
    const { tags, paths } = await described();
    expect(tags).toEqual([{ name: 'parcels' }, { name: 'admin: parcels' }]);
    expect(Object.keys(paths)).toEqual(['/parcels', '/admin/parcels']);
  });

  it('names every code by which a request may be refused: its own, those of other libs, and those of requests like it', async () => {
    const { paths } = await described();
    const send = paths['/parcels']?.['post'];
    expect(codes(send?.responses['409'])).toEqual(['PARCEL_EXISTS', 'KEY_IN_FLIGHT']);
    expect(codes(send?.responses['400'])).toEqual(expect.arrayContaining(['MALFORMED_JSON', 'MALFORMED_URL']));
    expect(codes(paths['/parcels']?.['get']?.responses['400'])).toEqual(
      expect.arrayContaining(['VALIDATION_FAILED', 'INVALID_CURSOR']),
    );
    const list = paths['/admin/parcels']?.['get'];
    expect(codes(list?.responses['503'])).toEqual(['BUSY', 'DATABASE_UNAVAILABLE']);
    expect(codes(list?.responses['401'])).toEqual(['ADMIN_TOKEN_REQUIRED']);
    expect(list?.responses['500']).toEqual({ $ref: '#/components/responses/500' });
    expect(JSON.stringify(paths)).not.toContain('x-problems');
  });

  it('is of OpenAPI 3.1, with an example of each body made of its fields', async () => {
    const { paths, components } = await described();
    expect(components.schemas['ParcelBody']).toMatchObject({
      properties: { id: { type: 'string', examples: ['P-1'] }, note: { type: ['string', 'null'] } },
    });
    const example = { id: 'P-1', note: null };
    expect(paths['/parcels']?.['post']?.requestBody).toMatchObject({ content: { 'application/json': { example } } });
    expect(paths['/parcels']?.['post']?.responses['200']).toMatchObject({
      content: { 'application/json': { example } },
    });
    expect(components.examples['409.PARCEL_EXISTS']).toEqual({
      value: {
        type: 'about:blank',
        title: 'Conflict',
        status: 409,
        code: 'PARCEL_EXISTS',
        detail: 'There is one already.',
      },
    });
  });
});
