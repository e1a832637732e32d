import { runLab } from './run-lab.js';

void runLab(process.env);
