/** The right to make one call. Told once how it went; whatever is told later is ignored. */
export interface CallSlot {
  succeeded(): void;
  failed(): void;
  /** It says nothing about the dependency. */
  release(): void;
}
