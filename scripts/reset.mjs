// npm run reset: back to a first start. Removes .waybill/, with all orders, topics and caches in it. Needs nothing but Node.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const STATE = '.waybill';
const LOCKS = ['start.lock', 'postgres/data.lock', 'apache-kafka/data.lock', 'kafka/broker.lock'];

const owner = LOCKS.map(livingOwner).find((pid) => pid !== undefined);
if (owner !== undefined) {
  console.error(
    `${STATE}/ is in use by process ${owner}. Stop it first (Ctrl-C there, or: kill ${owner}), then try again.`,
  );
  process.exit(1);
}
const existed = existsSync(STATE);
rmSync(STATE, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 }); // a server that is just ending still writes
console.log(existed ? `Removed ${STATE}/.` : `There is no ${STATE}/; nothing to do.`);

/** As libs/embedded writes its locks: the pid, and the start time that tells the owner from a stranger with the same pid. */
function livingOwner(lock) {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(join(STATE, lock), 'utf8'));
    process.kill(pid, 0);
    return startTime(pid) === undefined || startTime(pid) === startedAt ? pid : undefined;
  } catch (error) {
    return error.code === 'EPERM' ? '(of another user)' : undefined;
  }
}

function startTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
