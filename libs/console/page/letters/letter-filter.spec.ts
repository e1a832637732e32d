import { bodyOf, filterIn, filterOfRun } from './letter-filter.js';

describe('a filter of letters', () => {
  it('is what the address says, without what is empty and what is something else', () => {
    const address = new URLSearchParams(
      'service=payment&type=a.v1&error=&cursor=7&since=2026-11-29T10:00:00.000Z&run=r',
    );
    expect(filterIn(address)).toEqual({ type: 'a.v1', since: '2026-11-29T10:00:00.000Z' });
  });

  it('names ids in a list where it travels in a body, and with commas in the address', () => {
    expect(bodyOf({ ids: '1,22', type: 'a.v1' })).toEqual({ type: 'a.v1', ids: ['1', '22'] });
    expect(bodyOf({ key: 'k' })).toEqual({ key: 'k' });
    expect(filterIn(new URLSearchParams('ids=1,22'))).toEqual({ ids: '1,22' });
  });

  it('is that of a run that anybody has begun, by whatever means', () => {
    expect(filterOfRun({ ids: ['1', '22'], key: 'k', state: 'dead', until: '2026-11-29T10:00:00.000Z' })).toEqual({
      ids: '1,22',
      key: 'k',
      until: '2026-11-29T10:00:00.000Z',
    });
    expect(filterOfRun(null)).toEqual({});
  });
});
