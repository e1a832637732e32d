import { assertNoFaults } from './config.errors.js';
import type { Setting } from './setting.js';

/** A setting per property of the configuration. */
export type ConfigSpec = Readonly<Record<string, Setting<unknown>>>;

export type ConfigOf<Spec extends ConfigSpec> = {
  readonly [Name in keyof Spec]: Spec[Name] extends Setting<infer Value> ? Value : never;
};

/** A sentence for each thing that is wrong with several settings together. Sees the raw values: one of them may be wrong by itself. */
export type Relation = (env: Readonly<Record<string, string | undefined>>) => readonly string[];

/**
 * Reads the environment once, at boot, in the application's one `*.config.ts`. An empty variable counts as missing.
 * @throws ConfigError listing every setting that is missing or wrong.
 */
export function readConfig<Spec extends ConfigSpec>(
  env: Readonly<Record<string, string | undefined>>,
  spec: Spec,
  relations: readonly Relation[] = [],
): ConfigOf<Spec> {
  const faults: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [property, setting] of Object.entries(spec)) {
    const read = readSetting(env[setting.name]?.trim() ?? '', setting);
    if ('problem' in read) faults.push(`${setting.name} must be ${setting.expected}, ${read.problem}`);
    else config[property] = read.value;
  }
  faults.push(...relations.flatMap((relation) => relation(env)));
  assertNoFaults(faults);
  return config as ConfigOf<Spec>; // built property by property from the spec above
}

function readSetting(text: string, setting: Setting<unknown>): { value: unknown } | { problem: string } {
  if (text === '') return setting.fallback ?? { problem: 'but is missing' };
  return setting.parse(text);
}
