/** Injection token of the lab's configuration. */
export const LAB_CONFIG = Symbol('LabConfig');
