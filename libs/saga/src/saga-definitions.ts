import type { SagaDefinition } from './saga-definition.js';
import type { SagaInstance } from './saga-instance.js';
import { InvalidSagaDefinitionError, UnknownSagaVersionError } from './saga.errors.js';

/** All definitions of this build, several versions of a saga side by side: an instance finishes under its own. */
export class SagaDefinitions {
  readonly #byVersion = new Map<string, SagaDefinition>();

  /** @throws InvalidSagaDefinitionError if a version is there twice. */
  constructor(definitions: readonly SagaDefinition[]) {
    for (const definition of definitions) {
      const name = nameOf(definition.name, definition.version);
      if (this.#byVersion.has(name)) throw new InvalidSagaDefinitionError(name, ['this version is registered twice']);
      this.#byVersion.set(name, definition);
    }
  }

  /** The one that a new instance starts with. @throws UnknownSagaVersionError if there is none. */
  newest(saga: string): SagaDefinition {
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
    if (!definition) throw new UnknownSagaVersionError([nameOf(saga, version)]);
    return definition;
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
