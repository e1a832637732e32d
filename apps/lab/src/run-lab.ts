import { startHttpService } from '@waybill/http';
import type { HttpService } from '@waybill/http';
import { ConfigError, createLogger } from '@waybill/observability';
import type { Environment } from '@waybill/service';

import { readLabConfig } from './lab.config.js';
import { LabModule } from './lab.module.js';

/** EX_CONFIG of sysexits.h, as of every app: starting again won't help. */
const CONFIGURATION_REFUSED = 78;

/** Starts the lab. It answers this machine alone, and there only who has the token. */
export async function runLab(env: Environment): Promise<void> {
  try {
    await startLab(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`lab: ${error.message}\n`);
    process.exit(CONFIGURATION_REFUSED);
  }
}

async function startLab(env: Environment): Promise<HttpService> {
  const config = readLabConfig(env);
  return startHttpService(LabModule.forRoot(config), {
    port: config.port,
    host: '127.0.0.1',
    logger: createLogger({ service: 'lab', level: config.logLevel }),
    http: () => ({ admin: { token: config.labToken, paths: ['/lab'] } }),
  });
}
