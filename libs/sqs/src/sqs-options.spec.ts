import { sqsBroker } from './sqs-broker.js';

describe('the options of sqsBroker', () => {
  it('F54: are refused together, without what they hold', () => {
    const endpoint = 'http://user:geheim@one/';
    const open = () => sqsBroker({ region: 'here', endpoint, prefix: 'a b', waitSeconds: 21, readAhead: 0 });
    let message = '';
    try {
      open();
    } catch (error) {
      message = String(error);
    }
    for (const name of ['region must', 'endpoint must', 'prefix must', 'waitSeconds must', 'readAhead must']) {
      expect(message).toContain(name);
    }
    expect(message).not.toContain('geheim');
    expect(() => sqsBroker({ region: 'us-gov-west-1' })).not.toThrow();
  });
});
