import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  IsDefined,
  IsInstance,
  IsInt,
  IsNumber,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

import { DeadLetterFilterDto, DiscardFilterDto, LetterFilterDto, MayBeMissing } from './letter-filter.dto.js';

const toNumber = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;

function Limit(fallback: number): PropertyDecorator {
  const decorators = [
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1_000, default: fallback }),
    MayBeMissing(),
    IsInt(),
    Min(1),
    Max(1_000),
  ];
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

/** An object of the class; ValidateNested alone also takes arrays of such. */
function Filter(filterClass: () => new () => LetterFilterDto): PropertyDecorator {
  const decorators = [
    ApiPropertyOptional({ type: filterClass }),
    Type(filterClass),
    ValidateNested(),
    IsInstance(filterClass()),
  ];
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

export class LettersQuery extends LetterFilterDto {
  @Transform(toNumber)
  @Limit(50)
  limit: number = 50;

  @ApiPropertyOptional({ description: 'The nextCursor of the page before' })
  @MayBeMissing()
  @Matches(/^\d{1,18}$/)
  cursor?: string;
}

export class ParkedKeysQuery {
  @Transform(toNumber)
  @Limit(50)
  limit: number = 50;

  @ApiPropertyOptional({ description: 'The nextCursor of the page before' })
  @MayBeMissing()
  @IsString()
  @Length(1, 2_000)
  cursor?: string;
}

/** Who acts, and why. Both are kept. */
export class ActorBody {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'ada' })
  @Matches(/\S/)
  @IsString()
  @Length(1, 200)
  who: string;

  @ApiProperty({ minLength: 1, maxLength: 200, example: 'the gateway is back' })
  @Matches(/\S/)
  @IsString()
  @Length(1, 200)
  why: string;
}

export class PreviewBody {
  @Filter(() => DeadLetterFilterDto)
  filter: DeadLetterFilterDto = new DeadLetterFilterDto();

  @Limit(100)
  limit: number = 100;
}

export class ReplayBody extends ActorBody {
  @Filter(() => DeadLetterFilterDto)
  filter: DeadLetterFilterDto = new DeadLetterFilterDto();

  @Limit(100)
  limit: number = 100;

  @ApiPropertyOptional({ format: 'uuid', description: 'Goes on with this run; one that does not exist begins' })
  @MayBeMissing()
  @IsUUID()
  run?: string;

  @ApiPropertyOptional({ minimum: 0, maximum: 30, default: 0, description: 'Seconds to wait for outcomes' })
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(30)
  wait: number = 0;
}

export class DiscardBody extends ActorBody {
  @Filter(() => DiscardFilterDto)
  filter: DiscardFilterDto = new DiscardFilterDto();

  @Limit(100)
  limit: number = 100;
}

export class EditBody extends ActorBody {
  @ApiProperty({ description: "The new payload; checked against today's contract" })
  @IsDefined()
  payload: unknown;
}
