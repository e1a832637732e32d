/** HTML that is safe to show; everything else is escaped by {@link html}. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template whose values are escaped, unless they are HTML already. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + textOf(parts[index - 1] ?? '') + string));
}

/** Text in which what stands between backticks is code. */
export function withCode(text: string): Html {
  return new Html(escape(text).replace(/`([^`]+)`/g, '<code>$1</code>'));
}

function textOf(part: Part): string {
  if (typeof part === 'string') return escape(part);
  return part instanceof Html ? part.text : part.map(({ text }) => text).join('');
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
