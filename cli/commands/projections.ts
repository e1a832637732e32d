import type { AdminClient } from '../api/admin-client.js';
import { askServices } from '../api/ask-services.js';
import type { Operator } from '../api/letter-filter.js';
import { type Projection, projections } from '../api/projections.js';
import { CliError } from '../cli.errors.js';
import { type Cli, outcome, type Outcome } from '../cli.js';
import { ExitCode } from '../exit-code.js';
import { age, amount, duration } from '../output/age.js';
import { printable } from '../output/printable.js';
import { Progress } from '../output/progress.js';
import { renderTable } from '../output/table.js';
import { interruptible } from '../replay/interrupt.js';
import { orderOf } from './sagas.js';

const LOOK_MS = 300;

/** `projections`: how far each is behind, and its last rebuild. Only the order service has any. */
export async function listProjections(cli: Cli): Promise<Outcome> {
  const { answers, failures } = await askServices([orderOf(cli)], (client) => projections.list(client));
  const items = answers.flatMap(({ answer }) => answer);
  if (failures.length > 0) return outcome({ items }, '', failures);
  const now = cli.now();
  const table = renderTable(
    items,
    [
      { title: 'PROJECTION', value: ({ name }) => name },
      { title: 'KEPT', value: ({ lifecycle }) => lifecycle },
      { title: 'LAG', value: ({ lagEvents }) => amount(lagEvents), align: 'right' },
      { title: 'LAG TIME', value: ({ lagSeconds }) => duration(lagSeconds), align: 'right' },
      { title: 'BUILT', value: (one) => builtText(one, now) },
      { title: 'REBUILD', value: (one) => rebuildText(one, now) },
      { title: 'REASON', value: ({ failing, rebuild }) => failing?.reason ?? rebuild?.failure ?? '', below: true },
    ],
    cli.terminal,
  );
  return outcome({ items }, table);
}

/** `projections rebuild`: begins it, or finds it begun, and follows it to its end. The service does it, also after this command has ended. */
export async function rebuildProjection(cli: Cli, name: string, operator: Operator, detach: boolean): Promise<Outcome> {
  const client = orderOf(cli);
  const { begun } = await projections.rebuild(client, name, operator);
  const projection = detach ? await find(client, name) : await follow(cli, client, name, begun);
  const isFine = projection.rebuild?.status === 'DONE' || (detach && projection.rebuild?.status === 'RUNNING');
  const said = endText(cli, projection);
  return outcome({ begun, projection }, said, [], isFine ? ExitCode.fine : ExitCode.failed);
}

/** `projections cancel` */
export async function cancelRebuild(cli: Cli, name: string, operator: Operator): Promise<Outcome> {
  await projections.cancel(orderOf(cli), name, operator);
  return outcome({ name }, `The rebuild of ${name} is cancelled; its tables are as they were.`);
}

async function follow(cli: Cli, client: AdminClient, name: string, isNew: boolean): Promise<Projection> {
  const progress = new Progress(cli.terminal);
  let from: number | undefined;
  const told = { first: () => progress.note('No longer following it …'), lastWords: () => {} };
  try {
    return await interruptible(told, async (interrupt) => {
      for (;;) {
        const projection = await find(client, name);
        const { rebuild } = projection;
        if (rebuild?.status !== 'RUNNING' || interrupt.signal.aborted) return projection;
        const done = Number(rebuild.position ?? 0);
        if (from === undefined && !isNew) progress.note(underWay(cli, projection));
        from ??= done;
        const detail = rebuild.failure === undefined ? '' : `retrying: ${rebuild.failure}`;
        progress.update({ label: name, done, total: Number(rebuild.target), from, detail });
        await interrupt.sleep(LOOK_MS);
      }
    });
  } finally {
    progress.end();
  }
}

async function find(client: AdminClient, name: string): Promise<Projection> {
  const found = (await projections.list(client)).find((one) => one.name === name);
  if (found === undefined) throw new CliError('REFUSED', `order: there is no projection ${name}.`);
  return found;
}

function underWay(cli: Cli, { name, rebuild }: Projection): string {
  const { requestedBy = '?', requestedAt, reason = '?' } = rebuild ?? {};
  return `A rebuild of ${name} is under way: ${requestedBy} asked for it ${age(requestedAt, cli.now())} ago (${reason}).`;
}

function endText(cli: Cli, { name, rebuild }: Projection): string {
  const said = new Map([
    [
      'RUNNING',
      `The rebuild of ${name} runs in the order service; "${cli.invocation} projections rebuild ${name} --why …" follows it again.`,
    ],
    ['DONE', `${name} is rebuilt, and in use.`],
    [
      'FAILED',
      `The rebuild of ${name} failed; the tables in use are as they were.\n${printable(rebuild?.failure ?? '')}`,
    ],
  ]);
  return said.get(rebuild?.status ?? '') ?? `The rebuild of ${name} was cancelled; the tables in use are as they were.`;
}

function builtText({ version, builtVersion, builtAt }: Projection, now: number): string {
  const when = builtAt === undefined ? '' : ` ${age(builtAt, now)} ago`;
  return builtVersion < version ? `version ${builtVersion} of ${version}: outdated` : `version ${version}${when}`;
}

function rebuildText({ rebuild }: Projection, now: number): string {
  if (rebuild === undefined) return '';
  if (rebuild.status !== 'RUNNING') return `${rebuild.status} ${age(rebuild.endedAt, now)} ago`;
  const share = Number(rebuild.position ?? 0) / Math.max(1, Number(rebuild.target));
  return `RUNNING ${Math.floor(share * 100)} %`;
}
