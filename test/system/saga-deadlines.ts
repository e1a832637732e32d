import type { RunningSystem } from './running-system.js';
import { queryService } from './service-database.js';

/** Makes every deadline of a stopped order service overdue, as in a copy that is older than they are. */
export async function passDeadlines(system: RunningSystem): Promise<void> {
  await queryService(
    system,
    'order',
    "UPDATE saga_instance SET deadline_at = now() - interval '1 hour', wake_at = now() WHERE deadline_at IS NOT NULL",
  );
}
