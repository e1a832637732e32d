import { computed, signal } from '@preact/signals';

const BASE = '/console';

const here = signal(readLocation());

/** The screen's address, without `/console`: `/orders/…`. */
export const path = computed(() => here.value.path);
/** What the address asks for, such as filters: they survive a reload, can be sent to a colleague, and the back button knows them. */
export const query = computed(() => here.value.query);

function readLocation(): { readonly path: string; readonly query: URLSearchParams } {
  const { pathname, search } = globalThis.location;
  return { path: pathname.slice(BASE.length).replace(/\/+$/, '') || '/', query: new URLSearchParams(search) };
}

/** The address of a screen; empty parameters are left out. */
export function hrefOf(screen: string, parameters: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => (pair[1] ?? '') !== '');
  const search = new URLSearchParams(given).toString();
  return `${BASE}${screen}${search === '' ? '' : `?${search}`}`;
}

export function go(href: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', href);
  else history.replaceState(null, '', href);
  here.value = readLocation();
}

/** The same screen with other parameters. */
export function ask(changes: Readonly<Record<string, string | undefined>>, how: 'push' | 'replace' = 'push'): void {
  go(hrefOf(path.value, { ...Object.fromEntries(query.value), ...changes }), how);
}

/** Links within the page don't load it again; all others, and those that shall open elsewhere, do as they do anywhere. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    const before = path.value;
    here.value = readLocation();
    if (path.value !== before) focusScreen(); // the browser restores where it was scrolled to
  });
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || link.target !== '' || !link.getAttribute('href')?.startsWith(`${BASE}/`)) return;
    event.preventDefault();
    const before = path.value;
    go(link.href);
    if (path.value === before) return;
    scrollTo(0, 0);
    focusScreen();
  });
}

/** What is read out, and the next Tab, begin there. */
function focusScreen(): void {
  document.querySelector<HTMLElement>('#screen')?.focus({ preventScroll: true });
}
