import type { Mark, Step } from './lesson.js';
import { inWords, sceneOf } from './scene.js';

const stations = [
  { id: 'shop', label: 'Ordered' },
  { id: 'topic', label: 'Published' },
];
const lesson = { stations, tokens: ['1', '2', '3'] };
const step = (token: string | undefined, station: string, mark: Mark = 'ok', side: Step['side'] = 'naive'): Step => ({
  at: 0,
  side,
  station,
  mark,
  text: `${token ?? 'service'} ${mark}`,
  ...(token === undefined ? {} : { token }),
});

describe('the scene of a lesson', () => {
  it('begins with all messages at the first station, in their order', () => {
    const { pieces, caption } = sceneOf('naive', lesson, []);
    expect(pieces.map(({ token, station, place }) => `${token}@${station}.${place}`)).toEqual([
      '1@0.0',
      '2@0.1',
      '3@0.2',
    ]);
    expect(caption).toBeUndefined();
  });

  it('lines messages up in the order in which they come, and closes the gap that they leave', () => {
    const { pieces } = sceneOf('naive', lesson, [step('3', 'topic'), step('1', 'topic')]);
    expect(pieces.map(({ token, station, place }) => `${token}@${station}.${place}`)).toEqual([
      '1@1.1',
      '2@0.0',
      '3@1.0',
    ]);
  });

  it('changes how a message stands without moving it', () => {
    const { pieces } = sceneOf('naive', lesson, [step('3', 'topic'), step('1', 'topic'), step('3', 'topic', 'lost')]);
    expect(pieces.at(-1)).toEqual({ token: '3', station: 1, place: 0, mark: 'lost' });
  });

  it("takes no notice of the other side, and keeps the service's last word", () => {
    const steps = [step(undefined, 'topic', 'fault'), step('1', 'topic'), step('2', 'topic', 'lost', 'waybill')];
    const scene = sceneOf('naive', lesson, steps);
    expect(scene.caption?.text).toBe('service fault');
    expect(inWords(scene, stations)).toBe('Ordered 2, Published 1');
    expect(inWords(sceneOf('waybill', lesson, steps), stations)).toBe('Ordered 2, Published 1 (1 lost)');
  });
});
