/** The stylesheet of the messages' page. */
export const MESSAGES_STYLE = `
:root {
  color-scheme: light dark;
  --text: #1c2128; --quiet: #5c6672; --line: #d9dee4; --back: #ffffff; --panel: #f5f7f9; --link: #0b5cad;
  --send: #0f6b3c; --send-back: #e2f4ea; --receive: #0b4f8a; --receive-back: #e2eefa;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e4e8ec; --quiet: #9aa5b1; --line: #343c46; --back: #14181d; --panel: #1d232a; --link: #7db8f5;
    --send: #7fdba7; --send-back: #15352a; --receive: #8fc3f7; --receive-back: #17304a;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 74rem; padding: 1.5rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif;
  display: grid; grid-template-columns: 13rem minmax(0, 1fr); column-gap: 2.5rem;
}
header { grid-column: 1 / -1; border-bottom: 1px solid var(--line); margin-bottom: 1.5rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h3 { font-size: 1.05rem; margin: 0 0 .25rem; font-family: ui-monospace, 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere; }
p { margin: 0 0 .75rem; max-width: 46rem; }
a { color: var(--link); }
code, pre { font-family: ui-monospace, 'DejaVu Sans Mono', monospace; font-size: .875em; }
.lead { font-size: 1.1rem; }
.links, .quiet { color: var(--quiet); }
.quiet { font-size: .875rem; }
nav { position: sticky; top: 1rem; align-self: start; font-size: .9375rem; }
nav h2 { font-size: .9375rem; color: var(--quiet); font-weight: 600; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { padding: .2rem 0; overflow-wrap: anywhere; }
.channel { border-top: 1px solid var(--line); padding-top: 1.5rem; margin-top: 2rem; }
article { background: var(--panel); border-radius: .5rem; padding: 1rem 1.25rem; margin: 1rem 0; }
.facts { display: flex; flex-wrap: wrap; gap: .375rem 1rem; align-items: center; font-size: .9375rem; max-width: none; }
.send, .receive { border-radius: 1rem; padding: 0 .625rem; font-size: .875rem; font-weight: 600; }
.send { color: var(--send); background: var(--send-back); }
.receive { color: var(--receive); background: var(--receive-back); }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; margin: .5rem 0; }
th { text-align: left; font-weight: 600; color: var(--quiet); font-size: .875rem; }
th, td { padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td:first-child { width: 34%; }
td:nth-child(2) { width: 20%; }
tbody tr:last-child td { border-bottom: 0; }
details { margin-top: .5rem; }
summary { cursor: pointer; color: var(--link); font-size: .9375rem; width: fit-content; }
pre { background: var(--back); border: 1px solid var(--line); border-radius: .375rem; padding: .75rem; margin: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 48rem) {
  body { display: block; padding: 1rem; }
  nav { position: static; margin-bottom: 1.5rem; }
  article { padding: .875rem 1rem; margin-inline: -.25rem; }
  thead { display: none; }
  tr { display: block; padding: .4rem 0; border-bottom: 1px solid var(--line); }
  tbody tr:last-child { border-bottom: 0; }
  td, td:first-child, td:nth-child(2) { display: inline; width: auto; border: 0; padding: 0 .5rem 0 0; }
  td:nth-child(2) { color: var(--quiet); }
  td:nth-child(3) { display: block; font-size: .875rem; }
}
`.trimStart();
