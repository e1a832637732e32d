import { ConfigError } from './config.errors.js';
import type { ConfigFault } from './config.errors.js';
import type { Setting } from './setting.js';

/** A setting per property of the configuration. */
export type ConfigSpec = Readonly<Record<string, Setting<unknown>>>;

export type ConfigOf<Spec extends ConfigSpec> = {
  readonly [Name in keyof Spec]: Spec[Name] extends Setting<infer Value> ? Value : never;
};

/** What is wrong with several settings together. Sees the raw texts, so that it can speak even where one of them is wrong. */
export type Relation = (env: Readonly<Record<string, string | undefined>>) => readonly ConfigFault[];

/**
 * Reads the environment once, at boot, in the application's one `*.config.ts`. An empty variable counts as missing.
 * @throws ConfigError listing every setting that is missing or wrong.
 */
export function readConfig<Spec extends ConfigSpec>(
  env: Readonly<Record<string, string | undefined>>,
  spec: Spec,
  relations: readonly Relation[] = [],
): ConfigOf<Spec> {
  const faults: ConfigFault[] = [];
  const config: Record<string, unknown> = {};
  for (const [property, setting] of Object.entries(spec)) {
    const read = readSetting(env[setting.name]?.trim() ?? '', setting);
    if ('problem' in read) faults.push({ setting: setting.name, problem: read.problem, expected: setting.expected });
    else config[property] = read.value;
  }
  faults.push(...relations.flatMap((relation) => relation(env)));
  if (faults.length > 0) throw new ConfigError(faults);
  return config as ConfigOf<Spec>; // built property by property from the spec above
}

function readSetting(text: string, setting: Setting<unknown>): { value: unknown } | { problem: string } {
  if (text === '') return setting.fallback ?? { problem: 'is missing' };
  const read = setting.parse(text);
  if ('value' in read) return read;
  return { problem: setting.secret ? read.problem : `= ${JSON.stringify(text)} ${read.problem}` };
}
