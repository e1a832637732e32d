import { SilentMembers } from './silent-members.js';

const sign = (id: string, revision: number, seenAtMs: number, sessionTimeoutMs = 10_000) => ({
  id,
  revision,
  seenAtMs,
  sessionTimeoutMs,
});

describe('members that give no sign of life', () => {
  let silent: SilentMembers;
  const found = (members: readonly ReturnType<typeof sign>[], nowMs: number) =>
    silent.among(members, nowMs).map(({ id }) => id);

  beforeEach(() => {
    silent = new SilentMembers();
  });

  it('are taken for dead when they have been silent for a session at two looks', () => {
    const dead = sign('dead', 1, 0);
    expect(found([dead], 10_000)).toEqual([]);
    expect(found([dead], 10_001)).toEqual([]);
    expect(found([dead], 13_000)).toEqual(['dead']);
  });

  it('aren’t where the servers’ clock has jumped ahead, or another server’s is: the next sign has the new time, too', () => {
    const hourMs = 3_600_000;
    expect(found([sign('alive', 1, 3_000)], hourMs)).toEqual([]);
    expect(found([sign('alive', 2, hourMs + 1_000)], hourMs + 3_000)).toEqual([]);
    expect(found([sign('alive', 2, hourMs + 1_000)], hourMs + 6_000)).toEqual([]);
  });

  it('aren’t where they have given a sign between the looks, however old it is by the clock', () => {
    expect(found([sign('slow', 1, 0)], 20_000)).toEqual([]);
    expect(found([sign('slow', 2, 5_000)], 23_000)).toEqual([]);
    expect(found([sign('slow', 2, 5_000)], 26_000)).toEqual(['slow']);
  });

  it('have the session that they have said, not that of the one who looks', () => {
    const patient = sign('patient', 1, 0, 60_000);
    expect([found([patient], 30_000), found([patient], 59_000), found([patient], 60_001)]).toEqual([[], [], []]);
    expect(found([patient], 63_000)).toEqual(['patient']);
  });
});
