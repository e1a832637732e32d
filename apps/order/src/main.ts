import { bootstrap } from './bootstrap.js';

await bootstrap(process.env);
