#!/usr/bin/env node
// The command `waybill`: one CLI for all services, over HTTP alone. docs/operations.md says when to use what.
import { processTerminal } from './output/terminal.js';
import { runProgram } from './program.js';

// `waybill dlq list | head` closes the pipe early; that's no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const program = runProgram({ argv: process.argv.slice(2), env: process.env, terminal: processTerminal() });
void program.then((exitCode) => (process.exitCode = exitCode));
