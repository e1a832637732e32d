import { ApiPropertyOptional } from '@nestjs/swagger';
import { parseRfc3339 } from '@waybill/observability';
import { Transform } from 'class-transformer';
import { IsDate, IsIn, IsInt, IsString, Length, Matches, Max, Min, ValidateIf } from 'class-validator';

import { OPERATOR_ACTS } from './operator-act.js';

/** An act, or the kind of all that are done to something. */
const ACTS: readonly string[] = [...new Set(OPERATOR_ACTS.flatMap((act) => [act.replace(/\..*/, ''), act]))];

/** The field may be missing; `null` is no missing field. */
const MayBeMissing = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined);

const toNumber = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
const toDate = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? (parseRfc3339(value) ?? value) : value; // what is none is refused as it is

export class AuditQuery {
  @ApiPropertyOptional({ enum: ACTS, description: 'One act, or all of a kind' })
  @MayBeMissing()
  @IsIn(ACTS)
  act?: string;

  @ApiPropertyOptional({ description: 'The name as it was given, in whatever case', example: 'ada' })
  @MayBeMissing()
  @IsString()
  @Length(1, 200)
  who?: string;

  @ApiPropertyOptional({
    description: 'An order, or what it was done to: a letter, a run, a message, a SKU, a projection',
    example: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f',
  })
  @MayBeMissing()
  @IsString()
  @Length(1, 200)
  about?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  @Transform(toDate)
  @MayBeMissing()
  @IsDate({ message: 'must be a time of RFC 3339, as 2026-01-31T12:00:00Z' })
  since?: Date;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 200, default: 50 })
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;

  @ApiPropertyOptional({ description: 'The nextCursor of the page before', example: '42' })
  @MayBeMissing()
  @Matches(/^\d{1,18}$/)
  cursor?: string;
}
