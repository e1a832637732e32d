// What the buses of @nestjs/cqrs cost: CPU of a command through CommandBus, beside the same handler called directly, in turns. No I/O.
//   npm run bench:cqrs -- [--commands 200000] [--rounds 5]
import { parseArgs } from 'node:util';

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Command, CommandBus, CommandHandler, CqrsModule } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';

import { median } from './shared/statistics.js';

const { values } = parseArgs({
  options: { commands: { type: 'string', default: '200000' }, rounds: { type: 'string', default: '5' } },
});
const [commands, rounds] = [Number(values.commands), Number(values.rounds)];

class Add extends Command<number> {
  constructor(readonly amount: number) {
    super();
  }
}

@CommandHandler(Add)
class AddHandler implements ICommandHandler<Add> {
  #sum = 0;

  async execute({ amount }: Add): Promise<number> {
    return (this.#sum += amount);
  }
}

@Module({ imports: [CqrsModule.forRoot()], providers: [AddHandler] })
class BenchModule {}

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(BenchModule, { logger: false });
  const [bus, handler] = [app.get(CommandBus), app.get(AddHandler)];
  const cpu: Record<'direct' | 'bus', number[]> = { direct: [], bus: [] };
  for (let round = 0; round < rounds; round += 1) {
    cpu.direct.push(await cpuOf((command) => handler.execute(command)));
    cpu.bus.push(await cpuOf((command) => bus.execute(command)));
  }
  const [direct, through] = [median(cpu.direct), median(cpu.bus)];
  console.log(`CPU of a command: ${direct.toFixed(2)} µs called directly, ${through.toFixed(2)} µs through CommandBus`);
  await app.close();
}

/** Microseconds of CPU a command. */
async function cpuOf(execute: (command: Add) => Promise<number>): Promise<number> {
  const before = process.cpuUsage();
  for (let n = 0; n < commands; n += 1) await execute(new Add(n));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / commands;
}

void main();
