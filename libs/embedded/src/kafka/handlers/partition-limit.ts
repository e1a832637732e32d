/** Per topic: far above what one machine has use for, and low enough that a mistyped number does no harm. */
export const MAX_PARTITIONS = 10_000;
