import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsString, Length, Matches } from 'class-validator';

import { OUTCOMES } from '../sql/replay-runs.js';
import type { ReplayOutcome } from '../sql/replay-runs.js';
import { LetterFilterFields, Limit, MayBeMissing } from './letter-filter.fields.js';

const toNumber = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;

export class LettersQuery extends LetterFilterFields {
  @Transform(toNumber)
  @Limit(50)
  limit: number = 50;

  @ApiPropertyOptional({ description: 'The nextCursor of the page before', example: '42' })
  @MayBeMissing()
  @Matches(/^\d{1,18}$/)
  cursor?: string;
}

export class RunsQuery {
  @Transform(toNumber)
  @Limit(20)
  limit: number = 20;
}

export class ReplayedQuery {
  @Transform(toNumber)
  @Limit(50)
  limit: number = 50;

  @ApiPropertyOptional({ description: 'The nextCursor of the page before', example: '42' })
  @MayBeMissing()
  @Matches(/^\d{1,18}$/)
  cursor?: string;

  @ApiPropertyOptional({ enum: OUTCOMES })
  @MayBeMissing()
  @IsIn(OUTCOMES)
  outcome?: ReplayOutcome;
}

export class ParkedKeysQuery {
  @Transform(toNumber)
  @Limit(50)
  limit: number = 50;

  @ApiPropertyOptional({ description: 'The nextCursor of the page before', example: 'WyIxNzk1NjAwMDAwMDAwIl0' })
  @MayBeMissing()
  @IsString()
  @Length(1, 2_000)
  cursor?: string;

  @ApiPropertyOptional({ description: 'Only this key', example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f' })
  @MayBeMissing()
  @IsString()
  @Length(1, 1_000)
  key?: string;
}
