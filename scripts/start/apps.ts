import { services } from '@waybill/contracts';

import { portSetting } from './port-setting.js';
import { StartError } from './start.errors.js';

export interface App {
  readonly name: string;
  /** The environment variable that its port is read from. */
  readonly portSetting: string;
  readonly port: number;
  readonly entry: string;
  /** ANSI colour of its log prefix. */
  readonly colour: number;
}

const COLOURS = [36, 33, 35, 32, 34, 31] as const;

/**
 * The services and the ports that the environment gives them.
 * @throws StartError BAD_SETTING
 */
export function appsFrom(env: NodeJS.ProcessEnv): readonly App[] {
  const apps = Object.values(services).map(({ name, port }, index) => {
    const setting = `${name.toUpperCase()}_PORT`;
    return {
      name,
      portSetting: setting,
      port: portSetting(env, setting) ?? port,
      entry: `dist/apps/${name}/src/main.js`,
      colour: COLOURS[index % COLOURS.length] ?? 0,
    };
  });
  for (const [index, app] of apps.entries()) {
    const rival = apps.slice(0, index).find(({ port }) => port === app.port);
    if (rival !== undefined) {
      throw new StartError(
        'BAD_SETTING',
        `${rival.portSetting} and ${app.portSetting} are both ${app.port}: give each app a port of its own.`,
      );
    }
  }
  return apps;
}
