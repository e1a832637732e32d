// Jest resolves neither path aliases nor `.js` for `.ts` in global set-up code.
import { loadTypeScript } from '../../scripts/load-typescript.mjs';

export const infrastructure = await loadTypeScript('test/infrastructure/infrastructure.ts');
