import { ApiProperty } from '@nestjs/swagger';
import { holdsCardNumber } from '@waybill/observability';
import { IsString, Length, Matches, ValidateBy } from 'class-validator';

/** What is kept for the audit must not hold a card number. The check says so in terms of its own where the pipe asks for them. */
function HasNoCardNumber(): PropertyDecorator {
  const fault = { code: 'CARD_NUMBER', message: 'must not hold a card number' };
  const check = (value: unknown) =>
    typeof value === 'string' && holdsCardNumber(value) ? [{ pointer: '', ...fault }] : [];
  const validator = { validate: (value: unknown) => check(value).length === 0, defaultMessage: () => fault.message };
  return ValidateBy({ name: 'noCardNumber', validator }, { context: { check } });
}

/** Who acts, and why. Both are kept. */
export class ActorBody {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'ada' })
  @Matches(/\S/)
  @IsString()
  @Length(1, 200)
  @HasNoCardNumber()
  who: string;

  @ApiProperty({ minLength: 1, maxLength: 200, example: 'the gateway is back, INC-7' })
  @Matches(/\S/)
  @IsString()
  @Length(1, 200)
  @HasNoCardNumber()
  why: string;
}
