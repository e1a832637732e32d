import { randomUUID } from 'node:crypto';

import { type Cli, outcome, type Outcome } from '../cli.js';
import { ExitCode } from '../exit-code.js';
import { amount } from '../output/age.js';
import { Progress } from '../output/progress.js';
import { FailureCounts } from '../replay/failure-counts.js';
import { interruptible, type Interrupt } from '../replay/interrupt.js';
import { describeReplay, isFine, sumOf } from '../replay/replay-report.js';
import {
  type ReplayHost,
  type ReplayRequest,
  type ReplayResult,
  replayServices,
  type ServiceReplay,
} from '../replay/replay-services.js';
import { resumeCommand } from '../replay/resume-command.js';
import { known, NOTHING, type Tally } from '../replay/tally.js';
import { assertConfirmable } from './confirmed.js';

export type ReplayLetters = Omit<ReplayRequest, 'run'> & { readonly run: string | undefined; readonly yes: boolean };

/** `dlq replay`: the sum it tells is that of the run, as the services keep it. */
export async function replayLetters(cli: Cli, { run = randomUUID(), yes, ...asked }: ReplayLetters): Promise<Outcome> {
  if (asked.canary !== undefined) assertConfirmable(cli, yes);
  const progress = new Progress(cli.terminal);
  const kinds = new FailureCounts();
  const resume = resumeCommand(cli.argv, run, cli.invocation);
  const result = await interruptible(
    {
      first: () => progress.note('waybill: stopping after the page in hand; Ctrl-C again to leave at once'),
      lastWords: () => cli.terminal.note(`waybill: left. Continue with:\n  ${resume}`),
    },
    (interrupt) => replayServices(cli.clients, { ...asked, run }, hostOf(cli, progress, kinds, interrupt, yes)),
  );
  progress.end();
  return reportOf(cli, run, resume, result, kinds);
}

function hostOf(cli: Cli, progress: Progress, kinds: FailureCounts, interrupt: Interrupt, yes: boolean): ReplayHost {
  return {
    watch: (service, remaining) => {
      if (remaining > 0) progress.update(stateOf(service, NOTHING, remaining));
      return {
        interrupted: interrupt.signal,
        now: () => performance.now(),
        sleep: interrupt.sleep,
        progressed: (tally, left) => progress.update(stateOf(service, tally, left)),
        failed: (failures) => kinds.add(service, failures),
      };
    },
    goOn: async (canary) => {
      progress.end();
      cli.terminal.note(canaryText(canary));
      return yes || cli.terminal.confirm('Continue with the rest?');
    },
  };
}

function stateOf(label: string, tally: Tally, remaining: number) {
  const { replayed, skipped, failed, pending } = tally;
  const done = known(tally) + pending;
  const detail = `replayed ${amount(replayed)} · skipped ${amount(skipped)} · failed ${amount(failed)}`;
  return { label, done, total: done + remaining, detail };
}

function canaryText(canary: readonly ServiceReplay[]): string {
  const { replayed, skipped } = sumOf(canary);
  const left = canary.reduce((sum, { remaining }) => sum + remaining, 0);
  return `waybill: the canary is fine (${amount(replayed)} replayed, ${amount(skipped)} skipped, 0 failed); ${amount(left)} are left.`;
}

function reportOf(cli: Cli, run: string, resume: string, result: ReplayResult, kinds: FailureCounts): Outcome {
  const { services, failures } = result;
  const fine = isFine(services);
  const unfinished = services.some(({ end }) => end === 'interrupted' || end === 'declined' || end === 'failed');
  if (unfinished) cli.terminal.note(`waybill: continue with:\n  ${resume}`);
  const document = {
    run,
    ...sumOf(services),
    remaining: services.reduce((sum, { remaining }) => sum + remaining, 0),
    services,
    failureKinds: kinds.list(),
    ...(unfinished ? { resume } : {}),
  };
  const text = describeReplay({ run, services, kinds: kinds.list(), ...cli });
  return outcome(document, text, failures, fine ? ExitCode.fine : ExitCode.failed);
}
