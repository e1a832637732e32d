import type { Statement } from '@waybill/database';

/** The infrastructure failed: nobody's attempt, soon again. */
export const releaseHeld: Statement = {
  name: 'dlq_release_held',
  text: `UPDATE held_message SET claimed_until = now() + interval '1 second' WHERE seq = $1`,
};
