export const OUTBOX_SETTINGS = Symbol('waybill:outbox-settings');
/** Where rows go after their commit: the relay beside, or the notifier of relays elsewhere. */
export const COMMITTED_ROWS = Symbol('waybill:outbox-committed-rows');
