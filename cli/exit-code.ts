/** What the process ends with. Scripts rely on these; docs/operations.md lists them. */
export const ExitCode = {
  /** Everything that was asked for was done. */
  fine: 0,
  /** Something failed, was refused, aborted or interrupted; of `doctor`: something is wrong. */
  failed: 1,
  /** The command line can't be understood, or fits more than one thing; nothing was done. */
  usage: 2,
  /** A service could not be reached, or did not answer in time. The others were served. */
  unreachable: 3,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Unreachable comes first: the answer is incomplete, whatever the rest said. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return codes.reduce<ExitCode>((worst, code) => (code > worst ? code : worst), ExitCode.fine);
}
