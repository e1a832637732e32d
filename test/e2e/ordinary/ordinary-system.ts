import type { RunningSystem } from '../../system/running-system.js';

/** Four services with the settings that they have by default, for every test that changes none and harms none. */
export interface OrdinarySystem {
  readonly system: RunningSystem;
  /** The stock before the first order. */
  readonly initial: ReadonlyMap<string, number>;
}
