import type { Page } from 'playwright-core';

import type { RunningSystem } from '../../system/running-system.js';
import type { Look } from '../console-page.js';

/** The running console that the tests of several files share: to start the four services takes longer than most of them. */
export interface TestedConsole {
  /** There from the first test on. */
  system(): RunningSystem;
  /** A page of the console, closed after the test; an error in it fails the test. */
  open(path: string, look?: Look): Promise<Page>;
}
