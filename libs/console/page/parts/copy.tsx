import { useState } from 'preact/hooks';

/** An id in full, and a button that copies it. */
export function Copyable({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  // A browser has a clipboard for pages that came by HTTPS, or from its own machine.
  if (!window.isSecureContext) return <code>{text}</code>;
  return (
    <span class="copyable">
      <code>{text}</code>
      <button type="button" class="quiet" onClick={() => void copy()} aria-label={`Copy ${text}`}>
        {copied ? 'copied' : 'copy'}
      </button>
    </span>
  );
}
