// The longest first, also where no earlier run has told Jest how long they take, as in CI: what starts whole systems. Otherwise
// one of them begins last, and the other worker waits for it.
const { default: Sequencer } = require('@jest/test-sequencer');

const LEVELS = [/\.e2e-spec\.ts$/, /\.int-spec\.ts$/];
const levelOf = ({ path }) => {
  const level = LEVELS.findIndex((pattern) => pattern.test(path));
  return level < 0 ? LEVELS.length : level;
};

module.exports = class extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => levelOf(a) - levelOf(b));
  }
};
