import type { AsyncApiChannel, AsyncApiDocument, AsyncApiMessage, AsyncApiOperation } from './asyncapi-document.js';
import { html, withCode } from './html.js';
import type { Html } from './html.js';
import { schemaFields } from './schema-fields.js';

/** The document for people: HTML without scripts, whose one stylesheet is at `/asyncapi.css`. */
export function messagesPage(document: AsyncApiDocument): string {
  const { info, channels } = document;
  const [summary = '', ...paragraphs] = info.description.trim().split(/\n\s*\n/);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${info.title}: messages</title>
        <link rel="stylesheet" href="/asyncapi.css" />
      </head>
      <body>
        <header>
          <h1>${info.title}</h1>
          <p class="lead">${summary}</p>
          <p class="links">
            Messages · <a href="/docs">HTTP</a> · <a href="/asyncapi.json">AsyncAPI ${document.asyncapi} as JSON</a> ·
            version ${info.version}
          </p>
        </header>
        <nav aria-label="Topics">
          <h2>Topics</h2>
          <ul>
            ${Object.entries(channels).map(
              ([id, { address, messages }]) =>
                html`<li>
                  <a href="#${id}">${address}</a> <span class="quiet">${String(Object.keys(messages).length)}</span>
                </li>`,
            )}
          </ul>
        </nav>
        <main>
          <section class="about">
            ${paragraphs.map((paragraph) => html`<p>${withCode(paragraph.replace(/\s+/g, ' '))}</p>`)}
            ${headersSection(document)}
          </section>
          ${Object.entries(channels).map(([id, channel]) => channelSection(document, id, channel))}
        </main>
      </body>
    </html> `.text;
}

/** Once for all messages; each says what is its own. */
function headersSection({ components }: AsyncApiDocument): Html {
  return html`<details>
    <summary>All headers</summary>
    ${fieldTable(schemaFields(components.schemas.envelope))}
  </details>`;
}

function channelSection(
  document: AsyncApiDocument,
  id: string,
  { address, description, messages }: AsyncApiChannel,
): Html {
  return html`<section class="channel" id="${id}">
    <h2>${address}</h2>
    <p>${description}</p>
    ${Object.keys(messages).map((message) => messageSection(document, message))}
  </section>`;
}

function messageSection(document: AsyncApiDocument, id: string): Html {
  const message = document.components.messages[id];
  if (!message) return html``;
  const operations = Object.values(document.operations).filter(({ messages }) =>
    messages.some(({ $ref }) => $ref.endsWith(`/messages/${id}`)),
  );
  return html`<article id="${id}">
    <h3>${message.title}</h3>
    <p>${message.description}</p>
    <p class="facts">${operations.map(roleOf)}${factsOf(message)}</p>
    ${fieldTable(schemaFields(message.payload))}
    ${message.examples.map(
      ({ headers, payload }) =>
        html`<details>
          <summary>Example</summary>
          <pre><code>${Object.entries(headers)
            .map(([name, value]) => `${name}: ${String(value)}`)
            .join('\n')}

${JSON.stringify(payload, null, 2)}</code></pre>
        </details>`,
    )}${operations.map(sendingOf)}
  </article>`;
}

/** Who does what with it, and what answers it. */
function roleOf({ action, tags, reply }: AsyncApiOperation): Html {
  const verb = action === 'send' ? 'sent by' : 'received by';
  const answers = (reply?.messages ?? []).map(({ $ref }) => $ref.slice($ref.lastIndexOf('/') + 1));
  const links = answers.map((answer, index) => html`${index === 0 ? '' : ' or '}<a href="#${answer}">${answer}</a>`);
  return html`<span class="${action}">${verb} ${tags.map(({ name }) => name).join(', ')}</span>${
      links.length === 0 ? '' : html`<span>answered by ${links}</span>`
    }`;
}

function factsOf({ 'x-key': key, 'x-also-read': older = [] }: AsyncApiMessage): readonly Html[] {
  return [
    ...(key === undefined ? [] : [html`<span>key: <code>${key.slice(1)}</code></span>`]),
    ...(older.length === 0 ? [] : [html`<span>still read: ${older.join(', ')}</span>`]),
  ];
}

function sendingOf({ 'x-kcat': line }: AsyncApiOperation): Html {
  return line === undefined
    ? html``
    : html`<details>
        <summary>Send it with kcat</summary>
        <pre><code>${line}</code></pre>
      </details>`;
}

function fieldTable(fields: ReturnType<typeof schemaFields>): Html {
  return html`<table>
    <thead>
      <tr>
        <th>field</th>
        <th>type</th>
        <th>values</th>
      </tr>
    </thead>
    <tbody>
      ${fields.map(
        ({ path, type, isRequired, note }) =>
          html`<tr>
            <td><code>${path}</code>${isRequired ? '' : html` <span class="quiet">optional</span>`}</td>
            <td>${type}</td>
            <td>${note}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
