import { infrastructure } from './load.mjs';

export default () => infrastructure.stop();
