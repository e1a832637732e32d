/** The right to make one call. Takes its outcome once; whatever comes later is ignored. */
export interface CallSlot {
  succeeded(): void;
  failed(): void;
  /** It says nothing about the dependency. */
  release(): void;
}
