import type { SagaDefinition } from './saga-definition.js';
import type { SagaInstance } from './saga-instance.js';
import { InvalidSagaDefinitionError, UnknownSagaVersionError } from './saga.errors.js';

/** All definitions of this build, several versions of a saga side by side: an instance finishes under its own. */
export class SagaDefinitions {
  readonly #byVersion = new Map<string, SagaDefinition>();
  readonly #startVersions: ReadonlyMap<string, number>;

  /**
   * @param startVersions by saga, the version that new instances start with: the newest where none is given
   * @throws InvalidSagaDefinitionError if a version is there twice, or is to be started and isn't there.
   */
  constructor(definitions: readonly SagaDefinition[], startVersions: Readonly<Record<string, number>> = {}) {
    for (const definition of definitions) {
      const name = nameOf(definition.name, definition.version);
      if (this.#byVersion.has(name)) throw new InvalidSagaDefinitionError(name, ['this version is registered twice']);
      this.#byVersion.set(name, definition);
    }
    this.#startVersions = new Map(Object.entries(startVersions));
    for (const [saga, version] of this.#startVersions) {
      const fault = 'new instances are to start with this version, which is not registered';
      if (!this.has(saga, version)) throw new InvalidSagaDefinitionError(nameOf(saga, version), [fault]);
    }
  }

  /** The one that a new instance starts with. @throws UnknownSagaVersionError if there is none. */
  toStart(saga: string): SagaDefinition {
    const version = this.#startVersions.get(saga);
    if (version !== undefined) return this.of({ saga, version });
    const versions = [...this.#byVersion.values()].filter(({ name }) => name === saga);
    const [newest] = versions.sort((a, b) => b.version - a.version);
    if (!newest) throw new UnknownSagaVersionError([saga]);
    return newest;
  }

  has(saga: string, version: number): boolean {
    return this.#byVersion.has(nameOf(saga, version));
  }

  /** @throws UnknownSagaVersionError */
  of({ saga, version }: Pick<SagaInstance, 'saga' | 'version'>): SagaDefinition {
    const definition = this.#byVersion.get(nameOf(saga, version));
    if (!definition) throw new UnknownSagaVersionError([nameOf(saga, version)], this.isLater({ saga, version }));
    return definition;
  }

  /** Whether a later release has started it: its version is beyond all that this build has of that saga. */
  isLater({ saga, version }: Pick<SagaInstance, 'saga' | 'version'>): boolean {
    return ![...this.#byVersion.values()].some((one) => one.name === saga && one.version >= version);
  }

  /** @throws UnknownSagaVersionError naming every version that is missing. */
  requireAll(versions: readonly { readonly saga: string; readonly version: number }[]): void {
    const missing = versions.filter(({ saga, version }) => !this.has(saga, version));
    if (missing.length > 0) throw new UnknownSagaVersionError(missing.map((one) => nameOf(one.saga, one.version)));
  }
}

function nameOf(saga: string, version: number): string {
  return `${saga} v${version}`;
}
