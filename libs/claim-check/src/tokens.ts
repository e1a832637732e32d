export const CLAIM_CHECK_SETTINGS = Symbol('waybill:claim-check-settings');
