/** JSON for reading: keys apart from values, what is masked apart from both. */
export function Json({ value }: { readonly value: unknown }) {
  const lines = JSON.stringify(value, null, 2).split('\n');
  return (
    <pre class="json" tabIndex={0} aria-label="JSON">
      {lines.map((line) => {
        const [, indent = '', key = '', rest = line] = /^(\s*)("(?:[^"\\]|\\.)*": )?(.*)$/s.exec(line) ?? [];
        const isMasked = rest.startsWith('"***"');
        return (
          <>
            {indent}
            {key !== '' && <span class="key">{key}</span>}
            <span class={isMasked ? 'masked' : ''} title={isMasked ? 'Personal data, masked' : undefined}>
              {rest}
            </span>
            {'\n'}
          </>
        );
      })}
    </pre>
  );
}
