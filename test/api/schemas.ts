import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';

/** Checks data against the schemas of one document. */
export class DocumentSchemas {
  readonly #ajv = new Ajv2020({ allErrors: true, strict: false, validateSchema: false });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor({ components }: { readonly components: { readonly schemas: object } }) {
    addFormats.default(this.#ajv);
    const { schemas } = JSON.parse(toDocument({ schemas: components.schemas })) as { schemas: object };
    this.#ajv.addSchema({ components: { schemas } }, 'document');
  }

  /** What is wrong; empty where it fits. Each schema is compiled once, as are those that it refers to. */
  faults(schema: object, data: unknown): string {
    const text = toDocument(schema);
    const validate = this.#compiled.get(text) ?? this.#ajv.compile(JSON.parse(text) as object);
    this.#compiled.set(text, validate);
    return validate(data) ? '' : this.#ajv.errorsText(validate.errors);
  }
}

/** As JSON, whose references lead to the document. */
function toDocument(schema: object): string {
  return JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/');
}
