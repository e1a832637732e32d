import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { DiagnosticPoint } from './diagnostic-point.js';

describe('a diagnostic point', () => {
  it('makes and hands over its message only while somebody listens', () => {
    const point = new DiagnosticPoint<{ readonly n: number }>('waybill:test:point');
    const made: number[] = [];
    const heard: unknown[] = [];
    const listener = (message: unknown, name: string | symbol): void => void heard.push([name, message]);
    const tell = (n: number): void =>
      point.tell(() => {
        made.push(n);
        return { n };
      });
    tell(1);
    subscribe('waybill:test:point', listener);
    tell(2);
    unsubscribe('waybill:test:point', listener);
    tell(3);
    expect(made).toEqual([2]);
    expect(heard).toEqual([['waybill:test:point', { n: 2 }]]);
  });
});
