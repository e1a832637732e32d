import type { ConsumerObserver } from './consumer-observer.js';

/** One observer that tells several. */
export function tellAll(observers: readonly ConsumerObserver[]): ConsumerObserver {
  return {
    onBatch: (batch) => observers.forEach((observer) => observer.onBatch?.(batch)),
    onSkipped: (skipped) => observers.forEach((observer) => observer.onSkipped?.(skipped)),
    onFailure: (failure) => observers.forEach((observer) => observer.onFailure?.(failure)),
    onInterrupted: (error) => observers.forEach((observer) => observer.onInterrupted?.(error)),
    onCallLimit: (change) => observers.forEach((observer) => observer.onCallLimit?.(change)),
    onDeath: (death) => observers.forEach((observer) => observer.onDeath?.(death)),
  };
}
