import type { Lane } from '../broker.js';

/** For maps of lanes. */
export function laneId({ topic, partition }: Lane): string {
  return `${topic}/${partition}`;
}
