import type { Statement } from '@waybill/database';

/** Looks at unpublished rows alone, through their index. */
export const FIND_UNPUBLISHED_COMMANDS: Statement = {
  name: 'outbox_find_unpublished_commands',
  text: 'SELECT id FROM outbox WHERE published_at IS NULL AND id = ANY($1::uuid[])',
};
