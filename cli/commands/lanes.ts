import { askServices } from '../api/ask-services.js';
import type { Operator } from '../api/letter-filter.js';
import { serviceState } from '../api/service-state.js';
import { CliError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { age } from '../output/age.js';
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
      { title: 'REASON', value: ({ reason }) => reason, shrinks: true },
    ],
    cli.terminal.columns,
  );
  return outcome({ issues }, table, failures);
}

/** `lanes settle`: ids are each service's own. Ends at the first that can't be settled; those before it are. */
export async function settleLaneIssues(cli: Cli, ids: readonly string[], operator: Operator): Promise<Outcome> {
  const [client, ...others] = cli.clients;
  if (client === undefined || others.length > 0) {
    throw new CliError('BAD_ARGUMENT', 'Each service counts its own issues: say which one with --service.');
  }
  const settled = [];
  for (const id of new Set(ids)) settled.push({ id, ...(await serviceState.settleLane(client, id, operator)) });
  const lines = settled.map(({ id, kind }) => {
    const then = kind === 'unreadable' ? ' Its records are a dead letter now, and are passed within seconds.' : '';
    return `Issue ${id} of ${client.service} is settled.${then}`;
  });
  return outcome({ settled }, lines.join('\n'));
}
