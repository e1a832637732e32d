import type { AdminClient } from '../api/admin-client.js';
import { askServices, failureOf, type ServiceFailure } from '../api/ask-services.js';
import type { Operator } from '../api/letter-filter.js';
import { type LaneIssue, serviceState } from '../api/service-state.js';
import { CliError, ProblemAnswerError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { age, counted } from '../output/age.js';
import { isWholeTopic, laneOf } from '../output/lane.js';
import { renderTable } from '../output/table.js';

/** `lanes`: what is wrong with the lanes that the services consume. */
export async function listLaneIssues(cli: Cli): Promise<Outcome> {
  const { answers, failures } = await askServices(cli.clients, (client) => serviceState.laneIssues(client));
  const issues = answers.flatMap(({ service, answer }) => answer.map((issue) => ({ service, ...issue })));
  if (issues.length === 0) return outcome({ issues }, failures.length > 0 ? '' : 'No lane has an issue.', failures);
  const now = cli.now();
  const table = renderTable(
    issues,
    [
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'ID', value: ({ id }) => id, align: 'right' },
      { title: 'ISSUE', value: ({ kind }) => kind },
      { title: 'LANE', value: laneOf },
      { title: 'FROM', value: (issue) => (isWholeTopic(issue) ? '' : issue.first), align: 'right' },
      { title: 'TO BEFORE', value: (issue) => (isWholeTopic(issue) ? '' : issue.next), align: 'right' },
      { title: 'AGE', value: ({ foundAt }) => age(foundAt, now), align: 'right' },
      { title: 'REASON', value: ({ reason }) => reason, below: true },
    ],
    cli.terminal,
  );
  return outcome({ issues }, table, failures);
}

/** Which issues are to be settled: one of these says it. */
export interface ChosenIssues {
  readonly ids: readonly string[];
  readonly topic?: string | undefined;
  readonly all?: boolean | undefined;
}

/** `lanes settle`: ids are each service's own. One that can't be settled leaves the others. */
export async function settleLaneIssues(cli: Cli, chosen: ChosenIssues, operator: Operator): Promise<Outcome> {
  const ways = [chosen.ids.length > 0, chosen.topic !== undefined, chosen.all === true];
  if (ways.filter(Boolean).length !== 1) {
    throw new CliError('BAD_ARGUMENT', 'Say which issues are to be settled: their ids, or --topic, or --all.');
  }
  const [client, ...others] = cli.clients;
  if (client === undefined || others.length > 0) {
    throw new CliError('BAD_ARGUMENT', 'Each service counts its own issues: say which one with --service.');
  }
  const settled: (Awaited<ReturnType<typeof serviceState.settleLane>> & { readonly id: string })[] = [];
  const failures: ServiceFailure[] = [];
  for (const id of await idsOf(client, chosen)) {
    try {
      settled.push({ id, ...(await serviceState.settleLane(client, id, operator)) });
    } catch (error) {
      if (!(error instanceof ProblemAnswerError) || error.code !== 'REFUSED') throw error;
      failures.push(failureOf(client.service, error));
    }
  }
  const unreadable = settled.filter(({ kind }) => kind === 'unreadable').length;
  const then =
    unreadable > 0
      ? ` Records that nobody can read are ${counted(unreadable, 'dead letter')} now, and are passed within seconds.`
      : '';
  return outcome({ settled }, `${counted(settled.length, 'issue')} of ${client.service} settled.${then}`, failures);
}

async function idsOf(client: AdminClient, { ids, topic }: ChosenIssues): Promise<readonly string[]> {
  if (ids.length > 0) return [...new Set(ids)];
  const open: readonly LaneIssue[] = await serviceState.laneIssues(client);
  return open.filter((issue) => topic === undefined || issue.topic === topic).map(({ id }) => id);
}
