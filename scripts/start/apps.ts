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

const APPS = [
  { name: 'order', portSetting: 'ORDER_PORT', defaultPort: 3001, colour: 36 },
  { name: 'payment', portSetting: 'PAYMENT_PORT', defaultPort: 3002, colour: 33 },
  { name: 'inventory', portSetting: 'INVENTORY_PORT', defaultPort: 3003, colour: 35 },
  { name: 'shipping', portSetting: 'SHIPPING_PORT', defaultPort: 3004, colour: 32 },
] as const;

/**
 * The four services and the ports that the environment gives them.
 * @throws StartError BAD_SETTING
 */
export function appsFrom(env: NodeJS.ProcessEnv): readonly App[] {
  const apps = APPS.map(({ defaultPort, ...app }) => ({
    ...app,
    port: portSetting(env, app.portSetting) ?? defaultPort,
    entry: `dist/apps/${app.name}/src/main.js`,
  }));
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
