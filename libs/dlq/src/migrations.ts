import { CreateHeldMessage1795600200000 } from './migrations/create-held-message.js';

/** Add them to the application's data source. */
export const deadLetterMigrations = [CreateHeldMessage1795600200000];
