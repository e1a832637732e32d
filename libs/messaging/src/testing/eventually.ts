/**
 * Waits until the condition holds, looking again after 5 ms, and later after a tenth of the time that it has waited, at most 100 ms: each
 * look takes processor time of what it waits for. @throws when it doesn't hold within the time.
 */
export async function eventually(condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const start = Date.now();
  while (!(await condition())) {
    const waitedMs = Date.now() - start;
    if (waitedMs > withinMs) throw new Error(`Timed out after ${withinMs} ms waiting for ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(waitedMs / 10, 5), 100)));
  }
}
