import { Controller, Injectable, Scope } from '@nestjs/common';
import type { DynamicModule, Provider, Type } from '@nestjs/common';

import { consumingApp } from '../testing/consuming-app.js';
import type { ConsumingApp } from '../testing/consuming-app.js';
import { InMemoryBroker } from '../testing/in-memory-broker.js';
import { noteContract } from '../testing/test-contract.js';
import { MessageHandler } from './handler-decorators.js';

const notes = noteContract('notes');
const others = noteContract('notes', 'note.other');

@Controller()
class Notes {
  @MessageHandler(notes)
  take() {}
}

@Injectable()
class OnProvider {
  @MessageHandler(others)
  take() {}
}

/** A method decorator as any library has: what it puts in the method's place has none of its metadata. */
function replaced(_: object, __: string, descriptor: PropertyDescriptor): PropertyDescriptor {
  return { ...descriptor, value: () => undefined };
}

let running: ConsumingApp | undefined;
afterEach(async () => {
  await running?.app.close();
  running = undefined;
});

async function faultsOf(controllers: readonly Type[], providers: Provider[] = []): Promise<readonly string[]> {
  const feature: DynamicModule = { module: class Feature {}, providers };
  const topics = [{ name: 'notes', kind: 'event' as const }];
  running = await consumingApp(new InMemoryBroker(), { topics }, controllers, [feature]);
  return running.app.startAllMicroservices().then(
    () => [],
    (error: unknown) => (error as { readonly faults: readonly string[] }).faults,
  );
}

const PROVIDER = expect.stringContaining(
  'OnProvider.take handles note.other.v1, but OnProvider is a provider',
) as unknown;

describe('a handler that Nest does not register, so that its events would be passed over,', () => {
  it.each<[string, Provider]>([
    ['a class', OnProvider],
    ['a class under a token', { provide: 'notes', useClass: OnProvider }],
    ['a value', { provide: 'notes', useValue: new OnProvider() }],
    ['what a factory makes', { provide: 'notes', useFactory: () => new OnProvider() }],
    ['a class of each request', { provide: OnProvider, useClass: OnProvider, scope: Scope.REQUEST }],
  ])('F59: stops the boot: on a provider (%s)', async (_, provider) => {
    await expect(faultsOf([Notes], [provider])).resolves.toEqual([PROVIDER]);
  });

  it('F59: stops the boot: inherited by a provider', async () => {
    @Injectable()
    class Heir extends OnProvider {}
    await expect(faultsOf([Notes], [Heir])).resolves.toEqual([
      expect.stringContaining('Heir.take handles note.other.v1'),
    ]);
  });

  it('F59: stops the boot: on a method of a controller that is overridden, or replaced by another decorator', async () => {
    @Controller()
    class Overriding extends OnProvider {
      override take() {}
    }
    @Controller()
    class Replaced {
      @replaced
      @MessageHandler(notes)
      take() {}
    }
    await expect(faultsOf([Overriding, Replaced])).resolves.toEqual([
      expect.stringContaining('Overriding.take is declared as the handler of note.other.v1, but was replaced'),
      expect.stringContaining('Replaced.take is declared as the handler of note.taken.v1, but was replaced'),
    ]);
  });

  it('does not stop the boot where another class registers it, or the method that overrides it is decorated itself', async () => {
    @Injectable()
    class Heir extends Notes {}
    @Controller()
    class Overriding extends OnProvider {
      @MessageHandler(others)
      override take() {}
    }
    await expect(faultsOf([Notes, Overriding], [Heir, { provide: 'text', useValue: 'x' }])).resolves.toEqual([]);
  });
});
