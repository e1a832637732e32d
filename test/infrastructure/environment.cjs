// Jest makes a context for every spec file and evaluates all modules in it. Here the spec files of a worker share one, so that packages are
// evaluated once in it; the code itself still is for every spec file. Afterwards what a spec file left behind is put back.
const { LegacyFakeTimers, ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');
const { installCommonGlobals } = require('jest-util');

const { WorkerContext } = require('./worker-context.cjs');

let worker;

module.exports = class Environment {
  constructor({ projectConfig }) {
    worker ??= new WorkerContext(projectConfig.testEnvironmentOptions.bundle);
    const { context, global } = worker;
    this.worker = worker;
    this.context = context;
    this.global = global;
    global.process = copyOfProcess(global);
    Object.assign(global.process.env, projectConfig.testEnvironmentOptions.env);
    this.moduleMocker = new ModuleMocker(global);
    const timerConfig = { idToRef: (id) => id, refToId: (timer) => timer };
    this.fakeTimers = new LegacyFakeTimers({
      config: projectConfig,
      global,
      moduleMocker: this.moduleMocker,
      timerConfig,
    });
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global });
  }

  async setup() {}

  async teardown() {
    this.fakeTimers.dispose();
    this.fakeTimersModern.dispose();
    worker.restore();
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return this.context;
  }
};

/** With environment variables and listeners of its own. */
function copyOfProcess({ Symbol, Date }) {
  const globals = { Symbol, Date };
  installCommonGlobals(globals, {});
  return globals.process;
}
