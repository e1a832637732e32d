import { askServices } from '../api/ask-services.js';
import { serviceState } from '../api/service-state.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { amount, duration } from '../output/age.js';
import { renderTable } from '../output/table.js';

/** `topics`: what each service consumes, and how far behind it is. */
export async function showTopics(cli: Cli): Promise<Outcome> {
  const { answers, failures } = await askServices(cli.clients, (client) => serviceState.topics(client));
  const topics = answers.flatMap(({ service, answer }) => answer.map((topic) => ({ service, ...topic })));
  if (topics.length === 0) return outcome({ topics }, failures.length > 0 ? '' : 'Nothing is consumed.', failures);
  const table = renderTable(
    topics,
    [
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'TOPIC', value: ({ topic }) => topic, shrinks: 'end' },
      { title: 'GROUP', value: ({ group = '' }) => group, shrinks: 'end', spare: true },
      {
        title: 'PARTITIONS',
        value: ({ partitions }) => (partitions === 0 ? 'missing' : amount(partitions)),
        align: 'right',
      },
      {
        title: 'LAG',
        value: ({ lagMessages }) => (lagMessages === undefined ? '?' : amount(lagMessages)),
        align: 'right',
      },
      {
        title: 'LAG TIME',
        value: ({ lagSeconds }) => (lagSeconds === undefined ? '?' : duration(lagSeconds)),
        align: 'right',
      },
      { title: 'ISSUES', value: ({ issues = [] }) => issues.join(', '), below: true },
    ],
    cli.terminal,
  );
  return outcome({ topics }, table, failures);
}
