import { randomBytes } from 'node:crypto';

/** A topic name, or a group's, that no other test uses: brokers are shared by a test run, or outlive it. */
export function uniqueTopic(name: string): string {
  return `${name}-${randomBytes(5).toString('hex')}`;
}
