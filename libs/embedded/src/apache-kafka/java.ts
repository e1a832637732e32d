import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { EmbeddedInfrastructureError } from '../embedded.errors.js';

const OLDEST_JAVA = 17;
const INSTEAD = 'or set KAFKA_BROKERS to a Kafka that runs elsewhere';

/**
 * The Java launcher: of JAVA_HOME if that is set, else the one on the PATH.
 * @throws EmbeddedInfrastructureError JAVA_MISSING if there is none, or it is older than Java 17
 */
export function findJava(env: NodeJS.ProcessEnv = process.env): string {
  const home = env['JAVA_HOME'];
  const java = home && existsSync(join(home, 'bin')) ? join(home, 'bin', 'java') : 'java';
  const run = spawnSync(java, ['-version'], { encoding: 'utf8', env });
  if (run.status !== 0) {
    throw new EmbeddedInfrastructureError(
      'JAVA_MISSING',
      `Apache Kafka needs Java ${OLDEST_JAVA} or newer, and there is no working "${java}". Install a JDK (Debian: apt install openjdk-17-jre-headless), ${INSTEAD}.`,
    );
  }
  const version = majorVersion(run.stderr + run.stdout);
  if (version < OLDEST_JAVA) {
    throw new EmbeddedInfrastructureError(
      'JAVA_MISSING',
      `Apache Kafka needs Java ${OLDEST_JAVA} or newer, but "${java}" is Java ${version}. Point JAVA_HOME to a newer one, ${INSTEAD}.`,
    );
  }
  return java;
}

/**
 * Maven's launcher.
 * @throws EmbeddedInfrastructureError MAVEN_MISSING
 */
export function findMaven(env: NodeJS.ProcessEnv = process.env): string {
  const maven = process.platform === 'win32' ? 'mvn.cmd' : 'mvn';
  if (spawnSync(maven, ['-v'], { env, shell: process.platform === 'win32' }).status !== 0) {
    throw new EmbeddedInfrastructureError(
      'MAVEN_MISSING',
      `Apache Kafka's jars are fetched once by Maven, and there is no working "${maven}" on the PATH. Install it (Debian: apt install maven), ${INSTEAD}.`,
    );
  }
  return maven;
}

/** "17.0.15" is 17, "1.8.0_392" is 8; text without a version is 0. */
export function majorVersion(output: string): number {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(output) ?? [];
  return Number((first === '1' ? second : first) ?? 0);
}
