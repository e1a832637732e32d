import type { Cli } from '../cli.js';
import { amount, counted } from '../output/age.js';
import { printable } from '../output/printable.js';
import { type Paper, renderTable } from '../output/table.js';
import type { FailureCount } from './failure-counts.js';
import type { ServiceReplay } from './replay-services.js';
import { add, NOTHING, type Tally } from './tally.js';

export function sumOf(services: readonly ServiceReplay[]): Tally {
  return services.reduce<Tally>((sum, each) => add(sum, each), NOTHING);
}

/** Everything that was asked for was replayed. */
export function isFine(services: readonly ServiceReplay[]): boolean {
  return services.every(({ end, failed, pending }) => end === 'done' && failed === 0 && pending === 0);
}

export interface ReplayStory extends Pick<Cli, 'invocation' | 'terminal'> {
  readonly run: string;
  readonly services: readonly ServiceReplay[];
  readonly kinds: readonly FailureCount[];
}

/** What a replay did, why it ended, and what to do about it. */
export function describeReplay({ run, services, kinds, invocation, terminal }: ReplayStory): string {
  const { replayed, skipped, failed, pending } = sumOf(services);
  const sum = `${amount(replayed)} replayed, ${amount(skipped)} skipped, ${amount(failed)} failed`;
  return [
    serviceTable(services, terminal),
    '',
    ...services.flatMap((service) => advice(service, invocation, run)),
    ...kinds.slice(0, 5).map((kind) => failureLine(kind, invocation)),
    `Run ${run}: ${sum}${pending === 0 ? '' : `, ${amount(pending)} pending`}.`,
  ].join('\n');
}

function serviceTable(services: readonly ServiceReplay[], paper: Paper): string {
  const number = (title: string, value: (service: ServiceReplay) => number) => ({
    title,
    value: (service: ServiceReplay) => amount(value(service)),
    align: 'right' as const,
  });
  return renderTable(
    services,
    [
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'END', value: ({ end }) => end },
      number('REPLAYED', ({ replayed }) => replayed),
      number('SKIPPED', ({ skipped }) => skipped),
      number('FAILED', ({ failed }) => failed),
      number('PENDING', ({ pending }) => pending),
      number('LEFT', ({ remaining }) => remaining),
    ],
    paper,
  );
}

function failureLine({ service, letters, fingerprint, example }: FailureCount, invocation: string): string {
  return `${service}: ${counted(letters, 'failure')} of the kind "${printable(fingerprint)}"\n  ${invocation} dlq show ${example} --service ${service}`;
}

function advice(
  { service, end, remaining, pending }: ServiceReplay,
  invocation: string,
  run: string,
): readonly string[] {
  const left = counted(remaining, 'letter');
  const follow = `"${invocation} dlq runs ${run}"`;
  const said: Readonly<Record<ServiceReplay['end'], string>> = {
    'canary-failed': `the canary failed, ${left} left untried. Repair the cause, then start a new replay, without --run.`,
    'canary-undecided': `the canary's outcome isn't known yet. See ${follow}, and wait longer with --patience.`,
    'too-many-failures': `too many failed, ${left} left untried. Repair the cause, then start a new replay, without --run.`,
    stuck: `${left} can't run now: they are behind others of their key. See "${invocation} dlq parked --service ${service}".`,
    interrupted: `stopped by Ctrl-C, ${left} left.`,
    declined: `you said no, ${left} left.`,
    'not-begun': remaining === 0 ? '' : `not begun, ${left} left.`,
    failed: 'stopped by an error, see above.',
    done:
      pending === 0
        ? ''
        : `${counted(pending, 'letter')} will be tried again by the handler's policy. Follow with ${follow}.`,
  };
  return said[end] === '' ? [] : [`${service}: ${said[end]}`];
}
