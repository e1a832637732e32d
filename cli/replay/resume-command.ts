/** The command line that continues with this run: as it was given, with the run's id. */
export function resumeCommand(argv: readonly string[], run: string, invocation = 'waybill'): string {
  const kept: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? '';
    if (argument === '--run' || argument === '--token') index++; // and its value; a token has no place in a log
    else if (!/^--(?:run|token)=/.test(argument)) kept.push(argument);
  }
  return [invocation, ...[...kept, '--run', run].map(quoted)].join(' ');
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
