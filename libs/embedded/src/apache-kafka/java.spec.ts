import { findJava, findMaven, majorVersion } from './java.js';

const EMPTY_PATH = { PATH: '/nonexistent' };

describe('finding Java and Maven', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['openjdk version "21" 2023-09-19', 21],
    ['java version "1.8.0_392"', 8],
    ['nonsense', 0],
  ])('reads the major version of %j', (output, version) => {
    expect(majorVersion(output)).toBe(version);
  });

  it('says what to install when there is no Java', () => {
    expect(() => findJava(EMPTY_PATH)).toThrow(
      expect.objectContaining({ code: 'JAVA_MISSING', message: expect.stringContaining('Install a JDK') }),
    );
  });

  it('says what to install when there is no Maven', () => {
    expect(() => findMaven(EMPTY_PATH)).toThrow(
      expect.objectContaining({ code: 'MAVEN_MISSING', message: expect.stringContaining('Install it') }),
    );
  });
});
