import type { Logger } from '@waybill/observability';

export interface ExitOptions {
  readonly logger: Logger;
  readonly deadlineMs: number;
  /** @default the running process */
  readonly process?: Pick<NodeJS.Process, 'on' | 'exit'>;
}

/**
 * Ends the process on SIGTERM or SIGINT: 0 once `close` is done, 1 if it fails or takes longer than the deadline.
 * Repeated signals change nothing: Ctrl-C reaches a whole process group, and then again through its supervisor.
 */
export function exitOnSignals(close: () => Promise<void>, options: ExitOptions): void {
  const { logger, deadlineMs, process: target = process } = options;
  let closing = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (closing) return;
    closing = true;
    logger.info({ signal }, 'Shutting down');
    const deadline = setTimeout(() => {
      logger.error({ deadlineMs }, 'Shutdown took too long');
      target.exit(1);
    }, deadlineMs);
    void end(close, logger).then((code) => {
      clearTimeout(deadline);
      return target.exit(code);
    });
  };
  target.on('SIGTERM', onSignal);
  target.on('SIGINT', onSignal);
}

async function end(close: () => Promise<void>, logger: Logger): Promise<0 | 1> {
  try {
    await close();
    logger.info('Shut down');
    return 0;
  } catch (error) {
    logger.error({ error }, 'Shutdown failed');
    return 1;
  }
}
