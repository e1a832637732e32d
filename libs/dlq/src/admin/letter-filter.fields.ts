import { ApiPropertyOptional } from '@nestjs/swagger';
import { parseRfc3339 } from '@waybill/observability';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDate,
  IsIn,
  IsInt,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';

import type { LetterFilter } from '../letter-filter.js';

const STATES = ['dead', 'retrying', 'parked', 'handled', 'discarded', 'superseded', 'any'] as const;
const MOST_IDS = 1_000;

/** The field may be missing; `null` is no missing field. */
export const MayBeMissing = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined);

/** How many at most. */
export function Limit(fallback: number): PropertyDecorator {
  const decorators = [
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1_000, default: fallback }),
    MayBeMissing(),
    IsInt(),
    Min(1),
    Max(1_000),
  ];
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

/** A query names a list with commas, a body has one. */
const splitText = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.split(',') : value);

function Text(description: string, example: string): PropertyDecorator {
  const decorators = [ApiPropertyOptional({ description, example }), MayBeMissing(), IsString(), Length(1, 1_000)];
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

/** A time of RFC 3339; what is none stays what it was, and is refused. */
function Moment(): PropertyDecorator {
  const convert = ({ value }: { value: unknown }): unknown =>
    typeof value === 'string' ? (parseRfc3339(value) ?? value) : value;
  const decorators = [
    Transform(convert),
    MayBeMissing(),
    IsDate({ message: 'must be a time of RFC 3339, as 2026-01-31T12:00:00Z' }),
  ];
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

/** Which letters; as query parameters and, with the same names, in bodies. */
export class LetterFilterFields {
  @Text('`ce_type`', 'payment.process.v1')
  type?: string;

  @Text('The key, as text', '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f')
  key?: string;

  @Text('Errors of one kind: as the groups name them', 'PaymentGatewayError at PaymentGateway.charge')
  fingerprint?: string;

  @Text('Part of the last error, in whatever case', 'timed out')
  error?: string;

  @Text('Controller.method', 'PaymentCommandsController.process')
  handler?: string;

  @Text('The topic it came from', 'payment.commands')
  topic?: string;

  @Text("The consumer group; another than the service's own matches nothing", 'payment')
  group?: string;

  @ApiPropertyOptional({ enum: STATES, default: 'dead' })
  @MayBeMissing()
  @IsIn(STATES)
  state?: (typeof STATES)[number];

  @ApiPropertyOptional({ format: 'date-time', description: 'Dead, or held, since then' })
  @Moment()
  since?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'Dead, or held, before then' })
  @Moment()
  until?: Date;

  @ApiPropertyOptional({
    type: [String],
    example: ['42'],
    description: 'Ids of letters; in a query separated by commas',
  })
  @Transform(splitText)
  @MayBeMissing()
  @IsArray()
  @ArrayMaxSize(MOST_IDS)
  @Matches(/^\d{1,18}$/, { each: true })
  ids?: string[];
}

/** The filter of a call that changes letters: only dead ones can be replayed. */
export class DeadLetterFilterFields extends LetterFilterFields {
  @ApiPropertyOptional({ enum: ['dead'] })
  @MayBeMissing()
  @IsIn(['dead'])
  declare state?: 'dead';
}

export class DiscardFilterFields extends LetterFilterFields {
  @ApiPropertyOptional({ enum: ['dead', 'retrying'], default: 'dead' })
  @MayBeMissing()
  @IsIn(['dead', 'retrying'])
  declare state?: 'dead' | 'retrying';
}

export function filterOf(fields: LetterFilterFields): LetterFilter {
  const { type, key, fingerprint, error, handler, topic, group, state, since, until, ids } = fields;
  return {
    ...(type === undefined ? {} : { type }),
    ...(key === undefined ? {} : { key }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(error === undefined ? {} : { error }),
    ...(handler === undefined ? {} : { handler }),
    ...(topic === undefined ? {} : { topic }),
    ...(group === undefined ? {} : { group }),
    ...(state === undefined ? {} : { state }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(ids === undefined ? {} : { ids }),
  };
}
