import { BadRequestException, Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';

import { ParkedKeys } from '../parked-keys.js';
import type { ParkedKey, ParkedKeyPlace } from '../parked-keys.js';
import { ParkedKeysQuery } from './letters.query.js';
import { ParkedKeyPageResponse } from './letters.response.js';

/** The keys whose messages wait for an earlier one. */
@ApiTags('admin: dead letters')
@ApiBearerAuth()
@Controller('admin/parked-keys')
export class ParkedKeysController {
  constructor(private readonly keys: ParkedKeys) {}

  @Get()
  @ApiOperation({ summary: 'Parked keys, the longest parked first' })
  @ApiOkResponse({ type: ParkedKeyPageResponse })
  async list(
    @Query() { limit, cursor, key }: ParkedKeysQuery,
  ): Promise<{ items: readonly ParkedKey[]; nextCursor: string | null }> {
    const { items, next } = await this.keys.list(limit, {
      ...(cursor === undefined ? {} : { after: decode(cursor) }),
      ...(key === undefined ? {} : { key: Buffer.from(key) }),
    });
    return { items, nextCursor: next === undefined ? null : encode(next) };
  }
}

/** What PostgreSQL's text can't hold. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

function encode(place: ParkedKeyPlace): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function decode(cursor: string): ParkedKeyPlace {
  const place = parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  const [us, topic, hash, subscriber, ...rest]: readonly unknown[] = Array.isArray(place) ? place : [];
  if (typeof us !== 'string' || typeof topic !== 'string' || typeof hash !== 'string') refuse();
  if (typeof subscriber !== 'string' || rest.length > 0) refuse();
  if (!/^\d{1,18}$/.test(us) || !/^[0-9a-f]{64}$/.test(hash) || UNSTORABLE.test(topic + subscriber)) refuse();
  return encode([us, topic, hash, subscriber]) === cursor ? [us, topic, hash, subscriber] : refuse();
}

function refuse(): never {
  throw new BadRequestException({
    code: 'INVALID_CURSOR',
    detail: 'The cursor is not one that this list has given out.',
  });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
