import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ActorBody } from '@waybill/idempotency';
import { Type } from 'class-transformer';
import { IsDefined, IsInstance, IsNumber, IsString, IsUUID, Length, Max, Min, ValidateNested } from 'class-validator';

import { DeadLetterFilterFields, DiscardFilterFields, Limit, MayBeMissing } from './letter-filter.fields.js';
import type { LetterFilterFields } from './letter-filter.fields.js';
import { ANY_JSON } from './letters.response.js';

/** An object of the class; ValidateNested alone also takes arrays of such. */
function Filter(filterClass: () => new () => LetterFilterFields): PropertyDecorator {
  const decorators = [
    ApiPropertyOptional({ type: () => filterClass() }),
    Type(filterClass),
    ValidateNested(),
    IsInstance(filterClass()),
  ];
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

export class PreviewBody {
  @Filter(() => DeadLetterFilterFields)
  filter: DeadLetterFilterFields = new DeadLetterFilterFields();

  @Limit(100)
  limit: number = 100;
}

export class ReplayBody extends ActorBody {
  @Filter(() => DeadLetterFilterFields)
  filter: DeadLetterFilterFields = new DeadLetterFilterFields();

  @Limit(100)
  limit: number = 100;

  @ApiPropertyOptional({ format: 'uuid', description: 'Continues with this run; one that does not exist begins' })
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
  @Filter(() => DiscardFilterFields)
  filter: DiscardFilterFields = new DiscardFilterFields();

  @Limit(100)
  limit: number = 100;
}

export class EditBody extends ActorBody {
  @ApiProperty({
    ...ANY_JSON,
    description: "The new payload; checked against today's contract",
    example: { orderId: '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', reason: 'OUT_OF_STOCK' },
  })
  @IsDefined()
  payload: unknown;

  @ApiPropertyOptional({
    minLength: 1,
    maxLength: 200,
    description: 'The type that the payload is one of; must be given where the letter is of an older version',
  })
  @MayBeMissing()
  @IsString()
  @Length(1, 200)
  as?: string;
}
