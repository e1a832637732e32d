import { crashMarkersContract } from './crash-markers-contract.js';
import { SharedCrashMarkers } from './in-memory-crash-markers.js';

let shared = new SharedCrashMarkers();

crashMarkersContract(
  'SharedCrashMarkers',
  async () => {
    const markers = shared.process();
    return { markers, die: async () => markers.die() };
  },
  async () => {
    shared = new SharedCrashMarkers();
  },
);
