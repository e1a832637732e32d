import { UnreadableEventError } from '../event-store.errors.js';
import type { EventStream } from '../event-stream.js';
import { EventVersions } from '../event-versions.js';
import { given } from './given.js';
import { stored } from './stored.js';

interface Added {
  readonly type: 'Added';
  readonly data: { readonly amount: number };
}
const added = (amount: number): Added => ({ type: 'Added', data: { amount } });
const counter = { initial: 0, evolve: (sum: number, event: Added) => sum + event.data.amount };

describe('given / when / then', () => {
  it('decides on the state that the history makes', () => {
    expect(given(counter, added(1), added(2)).when((sum) => [added(sum)])).toEqual([added(3)]);
    expect(given(counter).when(() => [])).toEqual([]);
  });

  it('tells a refusal by its code', () => {
    const refuse = () => {
      throw Object.assign(new Error('full'), { code: 'FULL' });
    };
    expect(given(counter).when(refuse)).toEqual({ refused: 'FULL' });
  });

  it('does not take a defect for a refusal', () => {
    const defect = () => {
      throw new TypeError('x is not a function');
    };
    expect(() => given(counter).when(defect)).toThrow(TypeError);
  });

  it('takes a history that older code stored, lifted and erased as the store would read it', () => {
    interface Named {
      readonly type: 'Named';
      readonly data: { readonly name: string; readonly language: string };
    }
    const stream: EventStream<Named> = {
      category: 'person',
      events: {
        Named: {
          versions: EventVersions.from<{ name: string }>().to((data) => ({ ...data, language: 'en' })),
          personal: { name: '(erased)' },
        },
      },
    };
    const names = { initial: '', evolve: (all: string, { data }: Named) => `${all}${data.name}/${data.language} ` };
    const named = (name: string): Named => ({ type: 'Named', data: { name, language: 'de' } });
    const history = [
      stored(stream, { type: 'Named', data: { name: 'Ada' } }),
      stored(stream, { type: 'Named', data: {}, isErased: true }),
      stored(stream, { type: 'Named', version: 2, data: { name: 'Bob', language: 'fr' } }),
    ];
    expect(given(names, ...history).when((all) => [named(all)])).toEqual([named('Ada/en (erased)/en Bob/fr ')]);
    expect(() => stored(stream, { type: 'Named', version: 3, data: {} })).toThrow(UnreadableEventError);
  });
});
