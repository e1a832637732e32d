import { type Cli, outcome, type Outcome } from '../cli.js';
import { examine, type Examination } from '../doctor/examine.js';
import type { Finding } from '../doctor/finding.js';
import { judgeNode } from '../doctor/judge.js';
import { ExitCode } from '../exit-code.js';
import { counted } from '../output/age.js';
import { oneLine, printable } from '../output/printable.js';

/** `doctor`: looks at everything and says what is wrong, what it means and what to do. */
export async function doctor(cli: Cli): Promise<Outcome> {
  const here = judgeNode(process.versions.node);
  const services = await Promise.all(cli.clients.map((client) => examine(client, cli.now())));
  const findings = [...here, ...services.flatMap((service) => service.findings)];
  const failures = findings.flatMap(({ service, code, what: message }) =>
    service !== undefined && code === 'UNREACHABLE' ? [{ service, code, message, exitCode: ExitCode.unreachable }] : [],
  );
  const text = [
    ...machineLines(here, cli.invocation),
    ...services.flatMap((service) => serviceLines(service, cli.invocation)),
    '',
    findings.length === 0 ? 'Nothing is wrong.' : `${counted(findings.length, 'thing is', 'things are')} wrong.`,
  ].join('\n');
  const document = { ok: findings.length === 0, node: process.versions.node, services, findings };
  return outcome(document, text, failures, findings.length === 0 ? ExitCode.fine : ExitCode.failed);
}

function machineLines(findings: readonly Finding[], invocation: string): readonly string[] {
  if (findings.length === 0) return [`ok     this machine: Node ${process.versions.node}`];
  return ['WRONG  this machine', ...findings.flatMap((finding) => findingLines(finding, invocation))];
}

function serviceLines({ service, url, checks, findings }: Examination, invocation: string): readonly string[] {
  const fine = Object.entries(checks).flatMap(([name, { ok }]) => (ok ? [name] : []));
  const detail = fine.length === 0 ? '' : `, ${fine.join(', ')} ok`;
  const head = `${findings.length === 0 ? 'ok   ' : 'WRONG'}  ${service} at ${url}${detail}`;
  return [head, ...findings.flatMap((finding) => findingLines(finding, invocation))];
}

function findingLines({ what, todo, command }: Finding, invocation: string): readonly string[] {
  return [
    `       - ${printable(what)}`,
    `         ${printable(todo)}`,
    ...(command === undefined ? [] : [`         ${invocation} ${oneLine(command)}`]),
  ];
}
