import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ensureWritableDirectory } from '../data-directory.js';
import { EmbeddedInfrastructureError } from '../embedded.errors.js';
import { findMaven } from './java.js';

export interface ApacheKafkaJarsOptions {
  /** Where the jars are kept (54 MB); one folder per content of the pom. */
  readonly cacheDir: string;
  /** Told once, before Maven is run. */
  readonly log?: (line: string) => void;
}

/**
 * The Java class path of Apache Kafka, its command line tools (`org.apache.kafka.tools.*`) included. The jars are fetched by Maven the
 * first time, and taken from the cache from then on, without Maven.
 * @throws EmbeddedInfrastructureError MAVEN_MISSING or MAVEN_FAILED
 */
export function apacheKafkaClasspath({ cacheDir, log }: ApacheKafkaJarsOptions): string {
  const pom = apacheKafkaFile('pom.xml');
  const version = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const jars = join(cacheDir, `apache-kafka-jars-${version}`);
  if (!existsSync(jars)) {
    log?.("fetching Apache Kafka's jars with Maven (once)");
    fetchJars(pom, jars);
  }
  return join(jars, '*');
}

/** A file of libs/embedded/apache-kafka, from the sources as from the build. */
export function apacheKafkaFile(name: string): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let directory = here; directory !== dirname(directory); directory = dirname(directory)) {
    const candidate = join(directory, 'libs/embedded/apache-kafka', name);
    if (existsSync(candidate)) {
      return candidate;
    }
  }
  throw new EmbeddedInfrastructureError(
    'BINARIES_MISSING',
    `libs/embedded/apache-kafka/${name} was not found above ${here}. Apache Kafka can only be started from a checkout.`,
  );
}

function fetchJars(pom: string, jars: string): void {
  const maven = findMaven();
  const aside = `${jars}.new-${process.pid}`;
  ensureWritableDirectory(dirname(jars));
  const run = spawnSync(
    maven,
    ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${aside}`],
    { encoding: 'utf8', shell: process.platform === 'win32' },
  );
  try {
    if (run.status !== 0) {
      throw new EmbeddedInfrastructureError(
        'MAVEN_FAILED',
        `Maven could not fetch Apache Kafka's jars. Check its access to Maven Central (settings.xml, proxy), then try again:\n${run.stdout}${run.stderr}`,
      );
    }
    if (!existsSync(jars)) {
      renameSync(aside, jars);
    }
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
