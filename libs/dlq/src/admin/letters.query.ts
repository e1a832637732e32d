import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsString, Length, Matches } from 'class-validator';

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

export class ParkedKeysQuery {
  @Transform(toNumber)
  @Limit(50)
  limit: number = 50;

  @ApiPropertyOptional({ description: 'The nextCursor of the page before', example: 'WyIxNzk1NjAwMDAwMDAwIl0' })
  @MayBeMissing()
  @IsString()
  @Length(1, 2_000)
  cursor?: string;
}
