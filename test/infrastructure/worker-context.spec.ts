import type * as Nest from '@nestjs/common';
import type ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

import { bundlePackages } from './packages.cjs';
import { WorkerContext } from './worker-context.cjs';

describe('the context that the spec files of a worker share', () => {
  let worker: WorkerContext;

  beforeAll(async () => {
    worker = new WorkerContext(await bundlePackages('.'));
  });

  it('evaluates a package once', () => {
    expect(worker.require('uuid', __filename)).toBe(worker.require('uuid', __filename));
  });

  it('forgets the globals of a spec file, and keeps those of Node', () => {
    worker.global['left'] = 'behind';
    worker.restore();
    expect(worker.global).not.toHaveProperty('left');
    expect(worker.global).toHaveProperty('setTimeout');
  });

  it('lets Nest log again as it does at first', () => {
    // The package has this shape.
    const { Logger } = worker.require('@nestjs/common', __filename) as typeof Nest;
    Logger.overrideLogger(false);
    worker.restore();
    expect(Logger.isLevelEnabled('log')).toBe(true);
  });

  it('undoes what a spec file has corrected in kafkajs, in a class and in an object', () => {
    const group = worker.require('kafkajs/src/consumer/consumerGroup.js', __filename) as typeof ConsumerGroup;
    const produce = worker.require('kafkajs/src/protocol/requests/produce/index.js', __filename) as {
      protocol: unknown;
    };
    const { fetch } = group.prototype;
    const { protocol } = produce;
    group.prototype.fetch = async () => [];
    produce.protocol = () => undefined;
    Object.defineProperty(group.prototype, 'offsetManager', { configurable: true, get: () => undefined });
    worker.restore();
    expect(group.prototype).not.toHaveProperty('offsetManager');
    expect(group.prototype.fetch).toBe(fetch);
    expect(produce.protocol).toBe(protocol);
  });

  it('ends the storages that follow the promises of a spec file', () => {
    const storage = new worker.asyncHooks.AsyncLocalStorage<string>();
    storage.enterWith('work of the spec file');
    worker.restore();
    expect(storage.getStore()).toBeUndefined();
  });
});
