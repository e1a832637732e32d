// Which integration and e2e specs ask the run's infrastructure for a broker: those that call testKafka() or
// testKafkaBrokers(), themselves or in a file that they import by a relative path. The others come out the same whatever broker the run has started.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOTS = ['apps', 'libs', 'cli', 'test', 'examples'];
const SPEC = /\.(int|e2e)-spec\.ts$/;
/** Run by npm run test:brokers. */
const OF_OTHER_BROKERS = /^(libs\/(nats|rabbitmq|sqs)|examples\/redis-broker|test\/brokers)\//;

/** Paths from the root of the repository. */
export function brokerSpecs() {
  const specs = ROOTS.filter((root) => existsSync(root))
    .flatMap((root) => readdirSync(root, { recursive: true }).map((path) => join(root, path)))
    .filter((path) => SPEC.test(path) && !OF_OTHER_BROKERS.test(path))
    .toSorted((a, b) => a.localeCompare(b));
  const asks = new Map();
  return {
    asking: specs.filter((spec) => asksForBroker(spec, asks)),
    others: specs.filter((spec) => !asksForBroker(spec, asks)),
  };
}

function asksForBroker(path, known) {
  const answer = known.get(path);
  if (answer !== undefined) return answer;
  known.set(path, false); // a circle asks no more than its members do
  const text = readFileSync(path, 'utf8');
  const asks =
    /(?<!function )\btestKafka(Brokers)?\(/.test(text) ||
    [...text.matchAll(/from '(\.[^']+)\.js'/g)]
      .map(([, imported]) => join(dirname(path), `${imported}.ts`))
      .some((imported) => existsSync(imported) && asksForBroker(imported, known));
  known.set(path, asks);
  return asks;
}
