import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, NotFoundError, ValidationError } from '@waybill/http';

import type { Dial, DialHolder, Settings } from './dial.js';

/** Injection token of all that hold dials, in the order of the page. */
export const DIAL_HOLDERS = Symbol('DialHolders');

/** All dials of the lab, whoever holds them. One of each is active at a time. */
@Injectable()
export class Dials {
  constructor(@Inject(DIAL_HOLDERS) private readonly holders: readonly DialHolder[]) {}

  async list(): Promise<readonly Dial[]> {
    return (await Promise.all(this.holders.map((holder) => holder.dials()))).flat();
  }

  /** @throws ProblemError 404 DIAL_NOT_FOUND, 409 DIAL_UNAVAILABLE or DIAL_ACTIVE, 400 where a setting is no choice */
  async begin(name: string, given: Settings, seconds: number): Promise<void> {
    const [holder, { choices, unavailable, active }] = await this.#find(name);
    if (unavailable !== null) throw new ConflictError('DIAL_UNAVAILABLE', unavailable);
    if (active !== null) throw new ConflictError('DIAL_ACTIVE', 'It is active already: end it first.');
    await holder.begin(name, settingsOf(choices, given), seconds);
  }

  /** Resolves once what was broken is whole. Nothing to do if it isn't active. @throws ProblemError 404 DIAL_NOT_FOUND */
  async end(name: string): Promise<void> {
    const [holder] = await this.#find(name);
    await holder.end(name);
  }

  async #find(name: string): Promise<readonly [DialHolder, Dial]> {
    for (const holder of this.holders) {
      const dial = (await holder.dials()).find((each) => each.name === name);
      if (dial !== undefined) return [holder, dial];
    }
    throw new NotFoundError('DIAL_NOT_FOUND', 'The lab has no such dial.');
  }
}

/** One value for each choice: what is given, or the usual one. */
function settingsOf(choices: Dial['choices'], given: Settings): Settings {
  const faults = Object.entries(given).flatMap(([name, value]) => {
    const values = Object.hasOwn(choices, name) ? choices[name] : undefined; // no prototype's
    const pointer = `/settings/${name}`;
    if (values === undefined) return [{ pointer, code: 'UNKNOWN_FIELD', message: 'is no setting of this dial' }];
    return values.includes(value)
      ? []
      : [{ pointer, code: 'NOT_ALLOWED', message: `must be one of ${values.join(', ')}` }];
  });
  if (faults.length > 0) throw new ValidationError(faults);
  return Object.fromEntries(Object.entries(choices).map(([name, [usual = '']]) => [name, given[name] ?? usual]));
}
