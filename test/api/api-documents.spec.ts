import { spawnSync } from 'node:child_process';

import { SERVICE_NAMES } from '@waybill/contracts';

import { isRef, readAsyncApi, readOpenApi, referredName } from './api-documents.js';
import type { MediaType, OpenApi } from './api-documents.js';
import { DocumentSchemas } from './schemas.js';

describe('docs/api', () => {
  it("is valid by AsyncAPI's own parser and by the JSON Schema of OpenAPI 3.1", () => {
    const { stdout, stderr } = spawnSync(process.execPath, ['test/api/validate-documents.mjs'], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: expect.stringMatching(/^\{.+\}\n$/), stderr: '' });
    const documents = ['asyncapi.json', ...SERVICE_NAMES.map((name) => `${name}.openapi.json`)];
    expect(JSON.parse(stdout)).toEqual(Object.fromEntries(documents.map((file) => [file, []])));
  });
});

describe('docs/api/asyncapi.json', () => {
  const document = readAsyncApi();

  it('has an example of every message, which fits its schemas', () => {
    const schemas = new DocumentSchemas(document);
    for (const [id, { headers, payload, examples }] of Object.entries(document.components.messages)) {
      expect({ id, examples: examples.length }).toEqual({ id, examples: 1 });
      for (const example of examples) {
        expect({ id, faults: schemas.faults(headers, example.headers) }).toEqual({ id, faults: '' });
        expect({ id, faults: schemas.faults(payload, example.payload) }).toEqual({ id, faults: '' });
      }
    }
  });

  it('says of every message who sends it, and of every command who takes it, what answers if anything does, and how it is sent by hand', () => {
    const operations = Object.values(document.operations);
    const by = (action: string, id: string) =>
      operations.filter((each) => each.action === action && each.messages.some((ref) => referredName(ref) === id));
    for (const id of Object.keys(document.components.messages)) {
      expect({ id, senders: by('send', id).length }).toEqual({ id, senders: 1 });
    }
    const commands = operations.filter(
      ({ action, channel }) => action === 'receive' && channel.$ref.endsWith('.commands'),
    );
    expect(commands.length).toBeGreaterThan(6);
    for (const command of commands) {
      expect(command['x-kcat']).toContain('-H ce_type=');
    }
    const unanswered = commands.filter(({ reply }) => (reply?.messages.length ?? 0) === 0);
    expect(unanswered.flatMap(({ messages }) => messages.map(referredName))).toEqual([
      'inventory.publish-catalogue.v1',
    ]);
  });
});

describe.each(SERVICE_NAMES)('docs/api/%s.openapi.json', (service) => {
  const document = readOpenApi(service);

  it('has examples of every body, which fit their schemas', () => {
    const schemas = new DocumentSchemas(document);
    const contents = contentsOf(document);
    expect(contents.length).toBeGreaterThan(50);
    for (const { at, media } of contents) {
      const examples = Object.values(media.examples ?? {}).map(
        (ref) => document.components.examples[referredName(ref)]?.value,
      );
      if (media.example !== undefined) examples.push(media.example);
      expect({ at, examples: examples.length > 0 }).toEqual({ at, examples: true });
      for (const example of examples)
        expect({ at, faults: schemas.faults(media.schema, example) }).toEqual({ at, faults: '' });
    }
  });

  it('begins with what the service is for, and ends with what is for its operators', () => {
    const tags = document.tags.map(({ name }) => name);
    const kinds = tags.map((tag) =>
      tag.startsWith('admin') ? 'admin' : /^(?:health|metrics)$/.test(tag) ? tag : 'own',
    );
    expect([...new Set(kinds)]).toEqual(['own', 'health', 'metrics', 'admin']);
    expect(kinds).toEqual(kinds.toSorted((one, other) => kinds.indexOf(one) - kinds.indexOf(other)));
    expect(Object.keys(document.paths)[0]?.split('/')[1]).toBe(tags[0]);
  });

  it('says what every operation is, and what it may be refused with', () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { summary, responses }] of Object.entries(operations)) {
        expect({ path, method, summary }).toEqual({ path, method, summary: expect.stringMatching(/^[A-Z]/) });
        expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '421', '500', '503']));
      }
    }
  });
});

function contentsOf({ paths, components }: OpenApi): readonly { readonly at: string; readonly media: MediaType }[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { requestBody, responses }]) => {
      const answers = Object.entries(responses).map(([status, response]) => {
        return [status, isRef(response) ? components.responses[referredName(response)] : response] as const;
      });
      return [['body', requestBody] as const, ...answers].flatMap(([name, body]) =>
        Object.values(body?.content ?? {}).map((media) => ({ at: `${method} ${path} ${name}`, media })),
      );
    }),
  );
}
