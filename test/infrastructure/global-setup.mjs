import { infrastructure } from './load.mjs';

export default () => infrastructure.start();
