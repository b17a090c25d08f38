// The frame of a page: plain HTML and a little CSS, good on a phone and in the dark, no script.

import { escapeHtml } from '#protocols/http/escape.ts'

const css = `:root{color-scheme:light dark;--line:#8886;--soft:#8881;--link:light-dark(#0b57d0,#8ab4f8)}
*{box-sizing:border-box}body{font:16px/1.55 system-ui,sans-serif;max-width:56rem;margin:0 auto;padding:1rem 1rem 4rem}
h1{font-size:1.7rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2rem}h3{font-size:1rem;margin:1.6rem 0 .3rem}
a{color:var(--link)}code,pre{font:.9em/1.45 ui-monospace,monospace}pre{background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:.7rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}th,td{text-align:left;padding:.3rem .7rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
.ok{border-left:4px solid #2a9d57;padding-left:.8rem}.verb{display:inline-block;min-width:3.8rem;font-weight:700}
details{border:1px solid var(--line);border-radius:6px;margin:.5rem 0;padding:.5rem .8rem}summary{cursor:pointer;overflow-wrap:anywhere}nav{display:flex;flex-wrap:wrap}nav a{margin-right:1rem}`

/** `body` is HTML already. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${css}</style></head><body>
${body}
</body></html>
`
}
