import { operatorFrom } from './operator.js';

describe('an operator who changes something', () => {
  it('is the user of this machine unless named', () => {
    expect(operatorFrom({ why: 'gateway is back' }, { USER: 'ada' })).toEqual({ who: 'ada', why: 'gateway is back' });
    expect(operatorFrom({ who: 'on-call', why: 'x' }, { USER: 'ada' }).who).toBe('on-call');
  });

  it.each([undefined, '', '   ', 'x'.repeat(201)])('must say why: %j is refused before anything is sent', (why) => {
    expect(() => operatorFrom(why === undefined ? {} : { why }, { USER: 'ada' })).toThrow('--why');
  });

  it('must have a name', () => {
    expect(() => operatorFrom({ who: ' ', why: 'x' }, {})).toThrow('--who must have 1 to 200 characters, got 0');
  });
});
