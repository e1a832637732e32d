import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MAX_BYTES = 10 * 1024 * 1024;

export interface ServiceLog {
  write(line: string): void;
  close(): void;
}

/**
 * Everything that a service prints, as it prints it, in `<folder>/<name>.log`. The log of the start before is kept as `.log.1`, as is
 * what exceeds 10 MB, so that both together stay bounded.
 */
export function openServiceLog(folder: string, name: string, maxBytes = MAX_BYTES): ServiceLog {
  const file = join(folder, `${name}.log`);
  let bytes = 0;
  const open = () => {
    if (statSync(file, { throwIfNoEntry: false }) !== undefined) {
      renameSync(file, `${file}.1`);
    }
    bytes = 0;
    return openSync(file, 'w');
  };
  let fd: number | undefined = open();
  return {
    write(line) {
      if (fd === undefined) {
        return;
      }
      if (bytes > maxBytes) {
        closeSync(fd);
        fd = open();
      }
      bytes += writeSync(fd, `${line}\n`);
    },
    close() {
      if (fd !== undefined) {
        closeSync(fd);
        fd = undefined;
      }
    },
  };
}
