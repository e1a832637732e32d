// Holds docs/api to the specifications, by tools of others, and prints what is wrong with each document as JSON. A process of its own: Jest
// can't load what these packages are made of.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Parser } from '@asyncapi/parser';
import { Validator } from '@seriousme/openapi-schema-validator';

const FOLDER = 'docs/api';
/** Of the parser: error, warning. The rest are hints, such as that there is a newer version of the specification. */
const FAULTS = [0, 1];

const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
const found = await Promise.all(
  files.map(async (file) => [file, await faultsOf(readFileSync(join(FOLDER, file), 'utf8'))]),
);
console.log(JSON.stringify(Object.fromEntries(found)));

async function faultsOf(text) {
  const document = JSON.parse(text);
  if ('asyncapi' in document) {
    const hints = await new Parser().validate(text);
    const faults = hints.filter(({ severity }) => FAULTS.includes(severity));
    return faults.map(({ message, path }) => `${path.join('/')}: ${message}`);
  }
  const validator = new Validator();
  const { valid, errors } = await validator.validate(document);
  if (!valid) return [JSON.stringify(errors)];
  return validator.version === '3.1' ? [] : [`is OpenAPI ${validator.version}`];
}
