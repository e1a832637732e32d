import { StartError } from './start.errors.js';

/**
 * A port from the environment; undefined if it is not set.
 * @throws StartError BAD_SETTING
 */
export function portSetting(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') {
    return undefined;
  }
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 1 && port <= 65_535)) {
    throw new StartError('BAD_SETTING', `${name} must be a port from 1 to 65535, got "${text}".`);
  }
  return port;
}
