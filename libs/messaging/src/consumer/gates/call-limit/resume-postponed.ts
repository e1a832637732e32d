import type { BatchPorts } from '../../batch.js';
import type { ConsumerObserver } from '../../consumer-observer.js';

/** What is being recorded as postponed at this moment is found by the second look. */
const SECOND_LOOK_MS = 1_000;

/** Makes due at once what was postponed of the handler, or of all. What can't be done now is due within a minute all the same. */
export async function resumePostponed<Tx>(
  { unitOfWork, failures }: Pick<BatchPorts<Tx>, 'unitOfWork' | 'failures'>,
  group: string,
  observer: ConsumerObserver,
  handler?: string,
): Promise<void> {
  const resume = (): Promise<void> =>
    unitOfWork
      .transaction((tx) => failures.resume(tx, group, handler))
      .catch((error: unknown) => observer.onInterrupted?.(error));
  await resume();
  setTimeout(() => void resume(), SECOND_LOOK_MS).unref();
}
