import { plainToInstance } from 'class-transformer';
import { IsString, ValidateIf, ValidateNested, validateSync } from 'class-validator';
import * as fc from 'fast-check';

import { IsCountry } from './country.js';
import { IsIntegerIn } from './integer.js';
import { isCertainlyValid } from './is-certainly-valid.js';
import { IsArrayOf, IsObjectOf } from './nested.js';
import { Optional } from './optional.js';
import { IsText, IsTextLike } from './text.js';

class Line {
  @IsText({ max: 4 }) sku: string;
  @IsIntegerIn({ min: 1, max: 3 }) quantity: number;
}
class Address {
  @IsText({ max: 4 }) name: string;
  @Optional() @IsText({ min: 0, max: 4 }) line2?: string;
  @IsCountry() country: string;
}
class Body {
  @IsTextLike(/[a-z]{1,4}/, 'letters') customerId: string;
  @IsArrayOf(() => Line, { min: 1, max: 2, uniqueBy: 'sku' }) items: Line[];
  @IsObjectOf(() => Address) address: Address;
}
class GiftBody extends Body {
  @IsText() card: string;
}
class Foreign {
  @IsText() ours: string;
  @IsString() theirs: string;
}
class Bare {
  @ValidateNested() line: unknown;
}
class Sometimes {
  @ValidateIf(({ kind }: Sometimes) => kind === 'note') @IsText() note?: string;
  @IsText() kind: string;
}

const STRICT = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true };
const classValidatorTakes = (instance: object) => validateSync(instance, STRICT).length === 0;

const line = { sku: 'a', quantity: 1 };
const address = { name: 'A', country: 'DE' };
const body = { customerId: 'c', items: [line], address };

describe('what is certainly valid', () => {
  it.each([
    [Body, body],
    [Body, { ...body, items: [line, { ...line, sku: 'b' }], address: { ...address, line2: '' } }],
    [GiftBody, { ...body, card: 'x' }],
    [Sometimes, { kind: 'none', note: 5 }],
  ])('is seen without class-validator: %p', (type, plain) => {
    const instance = plainToInstance<object, object>(type, plain);
    expect([isCertainlyValid(instance), classValidatorTakes(instance)]).toEqual([true, true]);
  });

  it('is left to class-validator where its own validators are used', () => {
    const instance = plainToInstance(Foreign, { ours: 'a', theirs: 'b' });
    expect([isCertainlyValid(instance), classValidatorTakes(instance)]).toEqual([false, true]);
  });

  it.each<[unknown]>([[null], [[null]], [undefined], ['a'], [{ sku: 'a' }], [{ constructor: 'a' }]])(
    'is nothing that is nested without a check of its own: %j',
    (nested) => expect(isCertainlyValid(Object.assign(new Bare(), { line: nested }))).toBe(false),
  );

  it('is never what class-validator refuses', () => {
    const junk = fc.oneof(
      fc.constantFrom(undefined, null, '', '  ', 'a', 'abcde', 'DE', 'XX', 0, 1, 1.5, 4, true),
      fc.constantFrom<object>([], {}, [[line]], [line], line, address, [line, line], [null]),
    );
    const record = (fields: Record<string, fc.Arbitrary<unknown>>) =>
      fc
        .record({ ...fields, extra: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, junk) })
        .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
    const mostly = (value: unknown) => fc.oneof({ weight: 9, arbitrary: fc.constant(value) }, junk);
    const anyLine = record({ sku: fc.oneof(mostly('a'), mostly('b')), quantity: mostly(1) });
    const anyAddress = record({ name: mostly('A'), line2: mostly(undefined), country: mostly('DE') });
    const anyBody = record({
      customerId: mostly('c'),
      items: fc.oneof({ weight: 9, arbitrary: fc.array(anyLine, { maxLength: 3 }) }, junk),
      address: fc.oneof({ weight: 9, arbitrary: anyAddress }, junk),
    });
    let valid = 0;
    fc.assert(
      fc.property(anyBody, (plain) => {
        const instance = plainToInstance(Body, plain);
        const isValid = isCertainlyValid(instance);
        if (isValid) valid += 1;
        return isValid === classValidatorTakes(instance);
      }),
      { numRuns: 2_000 },
    );
    expect(valid).toBeGreaterThan(100);
  });
});
