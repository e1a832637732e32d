/** What programs need to find their files and each other on any system, and nothing that changes what they do. */
const OF_THE_MACHINE = `PATH HOME USER LOGNAME TMPDIR JAVA_HOME
  Path PATHEXT SystemRoot SystemDrive windir ComSpec USERPROFILE USERNAME APPDATA LOCALAPPDATA ProgramData TEMP TMP
  NUMBER_OF_PROCESSORS`.split(/\s+/);

const OURS = { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: 'UTC' } as const;

/**
 * The environment for a process that we start: what it needs of the machine, the settings that are named, one locale and time zone.
 * Everything else that the shell happens to hold (NODE_ENV, NODE_OPTIONS, PGSSLMODE, proxies, …) stays outside.
 * @param settings names that pass through; a name that isn't set is left out
 */
export function chosenEnvironment(
  settings: readonly string[] = [],
  shell: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const passing = [...OF_THE_MACHINE, ...settings].flatMap((name) => {
    const value = shell[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...OURS, ...Object.fromEntries(passing) };
}

/** Takes from this process itself what {@link chosenEnvironment} leaves out: database clients and others read variables of their own. */
export function keepChosenEnvironment(settings: readonly string[]): void {
  const env = chosenEnvironment(settings);
  for (const name of Object.keys(process.env).filter((each) => !(each in env))) {
    Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, env);
}
