import { ApiProperty } from '@nestjs/swagger';
import { hiddenCharacterIn, holdsCardNumber } from '@waybill/observability';
import { IsString, Length, Matches, ValidateBy } from 'class-validator';
import type { ValidationArguments } from 'class-validator';

interface Fault {
  readonly code: string;
  readonly message: string;
}

/** A check of a text that names its fault in terms of its own where the pipe asks for them. */
function Checked(name: string, faultOf: (text: string) => Fault | undefined): PropertyDecorator {
  const check = (value: unknown) => {
    const fault = typeof value === 'string' ? faultOf(value) : undefined;
    return fault === undefined ? [] : [{ pointer: '', ...fault }];
  };
  const validator = {
    validate: (value: unknown) => check(value).length === 0,
    defaultMessage: (args?: ValidationArguments) => check(args?.value)[0]?.message ?? '',
  };
  return ValidateBy({ name, validator }, { context: { check } });
}

/** What is kept for the audit must not hold a card number. */
const HasNoCardNumber = (): PropertyDecorator =>
  Checked('noCardNumber', (text) =>
    holdsCardNumber(text) ? { code: 'CARD_NUMBER', message: 'must not hold a card number' } : undefined,
  );

/** What operators read must be what was written, in its order. */
const HasNoHiddenCharacter = (): PropertyDecorator =>
  Checked('noHiddenCharacter', (text) => {
    const hidden = hiddenCharacterIn(text);
    return hidden === undefined
      ? undefined
      : { code: 'HIDDEN_CHARACTER', message: `must not hold control or invisible characters, such as ${hidden}` };
  });

/** Who acts, and why. Both are kept. */
export class ActorBody {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'ada' })
  @Matches(/\S/)
  @IsString()
  @Length(1, 200)
  @HasNoCardNumber()
  @HasNoHiddenCharacter()
  who: string;

  @ApiProperty({ minLength: 1, maxLength: 200, example: 'the gateway is back, INC-7' })
  @Matches(/\S/)
  @IsString()
  @Length(1, 200)
  @HasNoCardNumber()
  @HasNoHiddenCharacter()
  why: string;
}
