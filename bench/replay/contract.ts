import { benchContract } from '../consume/setting.js';

export const contract = benchContract('event', 'bench.letters');
