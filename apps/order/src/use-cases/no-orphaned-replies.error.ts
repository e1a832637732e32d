/** There is nothing that an order could be recovered from; perhaps it has been already. */
export class NoOrphanedRepliesError extends Error {
  readonly code = 'NO_ORPHANED_REPLIES';

  constructor(orderId: string) {
    super(`No dead letter answers an unknown order ${orderId}; was it recovered already?`);
  }
}
