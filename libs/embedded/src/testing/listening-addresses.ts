import { readdir, readFile, readlink } from 'node:fs/promises';

const LISTENING = '0A';

/** Where a process listens, as `address:port`, `*` for all interfaces, in order. Read from /proc: on Linux alone. */
export async function listeningAddresses(pid: number): Promise<readonly string[]> {
  const sockets = await socketsOf(pid);
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8')));
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode = '']) => state === LISTENING && sockets.has(inode))
    .map(([, local = '']) => readable(local))
    .sort();
}

async function socketsOf(pid: number): Promise<ReadonlySet<string>> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map((descriptor) => readlink(`${folder}/${descriptor}`).catch(() => '')),
  );
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}

/** The kernel writes addresses in words of the machine's byte order, ports in hex. */
function readable(local: string): string {
  const [address = '', port = ''] = local.split(':');
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex').reverse()]);
  const isAny = bytes.every((byte) => byte === 0);
  const isIpv4 = bytes.length === 4;
  const host = isIpv4
    ? bytes.join('.')
    : `[${Buffer.from(bytes)
        .toString('hex')
        .replaceAll(/(.{4})(?!$)/g, '$1:')}]`;
  return `${isAny ? '*' : host}:${Number.parseInt(port, 16)}`;
}
