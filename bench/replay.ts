// What replaying dead letters costs, through the admin API of a service with the real parts: letters per second, where all
// are dead and where most are parked behind a dead one; time and memory of what operators ask at a million letters.
//   npm run bench:replay -- [--letters 10000] [--keys 1000] [--stored 1000000]
// Works on any KAFKA_BROKERS and DATABASE_URL; what isn't given is started (embedded) and removed afterwards.
import { parseArgs } from 'node:util';

import { measureMemory } from './replay/memory.js';
import { measureReplaying } from './replay/replaying.js';
import { openInfrastructure } from './shared/infrastructure.js';

const { values } = parseArgs({
  options: {
    letters: { type: 'string', default: '10000' },
    keys: { type: 'string', default: '1000' },
    stored: { type: 'string', default: '1000000' },
  },
});

async function main(): Promise<void> {
  const place = await openInfrastructure('embedded');
  try {
    const [letters, keys, stored] = [Number(values.letters), Number(values.keys), Number(values.stored)];
    if (letters > 0) {
      for (const behind of ['dead', 'parked'] as const) {
        const rate = await measureReplaying(place, { letters, keys, behind });
        console.log(`${letters} letters, ${keys} keys, ${behind} behind the first   ${rate.toFixed(0)} letters/s`);
      }
    }
    if (stored > 0) {
      for (const { what, ms, rssMb, refusal = '' } of await measureMemory(place, stored)) {
        console.log(
          `beside ${stored} letters: ${what.padEnd(24)} ${ms.toFixed(0).padStart(6)} ms   RSS ${rssMb.toFixed(0)} MB   ${refusal}`,
        );
      }
    }
  } finally {
    await place.stop();
  }
}

void main();
