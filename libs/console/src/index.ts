export { ConsoleModule } from './console.module.js';
export type { ConsoleOptions, ConsoleService } from './console-options.js';
export { consoleSettings } from './console-settings.js';
