import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsDate, IsIn, IsInt, IsUUID, Max, Min, ValidateIf } from 'class-validator';

import { parseRfc3339 } from '../time/rfc3339.js';

/** The field may be missing; `null` is no missing field. */
const MayBeMissing = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined);

const toNumber = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
const toDate = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? (parseRfc3339(value) ?? value) : value; // what is none is refused as it is

export class IncidentsQuery {
  @ApiPropertyOptional({ enum: ['open', 'ended'], description: 'Both, if left out' })
  @MayBeMissing()
  @IsIn(['open', 'ended'])
  state?: 'open' | 'ended';

  @ApiPropertyOptional({ enum: ['warning', 'critical'] })
  @MayBeMissing()
  @IsIn(['warning', 'critical'])
  severity?: 'warning' | 'critical';

  @ApiPropertyOptional({ format: 'date-time', description: 'Those that were open then or later' })
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

  @ApiPropertyOptional({ format: 'uuid', description: 'The nextCursor of the page before' })
  @MayBeMissing()
  @IsUUID()
  cursor?: string;
}
