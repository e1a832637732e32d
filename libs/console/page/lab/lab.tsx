import { Dials } from './dials.js';
import { Invariants } from './invariants.js';

/** Break something, and see what holds. */
export function Lab() {
  return (
    <section>
      <div class="title">
        <h1>Lab</h1>
        <p class="hint">Break something. It is whole again when its time is up, whatever becomes of this page.</p>
      </div>
      <div class="lab">
        <Dials />
        <Invariants />
      </div>
    </section>
  );
}
