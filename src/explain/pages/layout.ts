// The frame of every page of reasons: head, search, foot and the one style sheet, inline. No script, no picture, nothing fetched.

import { Html, html } from './html.ts'
import type { System } from '../dictionaries.ts'

export interface Page {
  readonly status: number
  /** A whole document, to be sent as text/html; charset=utf-8. */
  readonly body: string
}

/** Where the pages are mounted; `base` is empty or a path without a slash at its end. */
export interface Links {
  readonly index: string
  reason(slug: string): string
  code(system: System, code: string): string
  codes(system: System): string
}

export function linksUnder(base: string): Links {
  return {
    index: `${base}/reasons`,
    reason: (slug) => `${base}/reasons/${encodeURIComponent(slug)}`,
    code: (system, code) => `${base}/codes/${system}/${encodeURIComponent(code)}`,
    codes: (system) => `${base}/reasons?system=${system}`,
  }
}

/** One exchange of a scenario, as it went over the wire. */
export interface KeptExchange {
  readonly system: string
  readonly code: string
  readonly request: string
  readonly response: string
}

/** The exchanges kept for a reason (`message.empty`) or for a code (`aculab/0724`). */
export type ExchangesFor = (slugOrCode: string) => readonly KeptExchange[]

const style = new Html(`
:root{color-scheme:light dark;--ink:#1c2330;--soft:#5a6475;--line:#dde2ea;--back:#fff;--tint:#f4f6f9;--link:#0b5cad;--mark:#fff3c4}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#9aa5b5;--line:#2f3744;--back:#12161d;--tint:#1b212b;--link:#7db7ff;--mark:#4a3f10}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:52rem;margin:0 auto;padding:0 1rem}
header{padding-top:1rem;display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between}
header form{display:flex;gap:.5rem;flex:1 1 16rem;max-width:26rem}
input{flex:1;min-width:0;font:inherit;padding:.5rem .7rem;border:1px solid var(--line);border-radius:.5rem;background:var(--back);color:inherit}
button{font:inherit;padding:.5rem .9rem;border:0;border-radius:.5rem;background:var(--link);color:var(--back);cursor:pointer}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
header>a{font-weight:700;color:inherit}
h1{font-size:1.5rem;line-height:1.25;margin:1.5rem 0 .25rem}
h2{font-size:1.1rem;margin:2rem 0 .5rem}
h3{font-size:.9rem;margin:1rem 0 .25rem;color:var(--soft);font-weight:600}
p{margin:.5rem 0}.soft{color:var(--soft)}
code,pre{font:.875em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono",monospace}
h1 code{font-size:1em}
pre{background:var(--tint);border:1px solid var(--line);border-radius:.5rem;padding:.75rem;margin:.5rem 0;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:9rem 1fr;gap:.4rem 1rem;margin:1rem 0}
dt{color:var(--soft)}dd{margin:0}
ul{list-style:none;padding:0;margin:.25rem 0}
li{border-top:1px solid var(--line)}
li a{display:block;padding:.5rem 0}li small{display:block;color:var(--soft)}
table{width:100%;border-collapse:collapse}
th,td{text-align:left;padding:.45rem .75rem .45rem 0;border-top:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600}
td.no{color:var(--soft)}
nav{display:flex;flex-wrap:wrap;gap:.5rem;margin:.75rem 0}
nav a,.tag{border:1px solid var(--line);border-radius:2rem;padding:.2rem .75rem;font-size:.875rem;background:var(--tint)}
nav a[aria-current]{border-color:var(--link)}
.tags{display:flex;flex-wrap:wrap;gap:.4rem;margin:.75rem 0}
footer{color:var(--soft);font-size:.875rem;padding:2rem 1rem}
@media(max-width:34rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}td:nth-child(3){display:none}th:nth-child(3){display:none}}
`)

export function page(status: number, title: string, links: Links, query: string, main: Html): Page {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <title>${title} · Offhook</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <header>
          <a href="${links.index}">Offhook reasons</a>
          <form action="${links.index}" role="search">
            <input name="q" type="search" value="${query}" placeholder="Code or words" aria-label="Search" /><button>
              Search
            </button>
          </form>
        </header>
        <main>${main}</main>
        <footer>
          Condition and remedy are in our own words. The names of the vendors belong to them; Offhook is not theirs.
        </footer>
      </body>
    </html> `
  return { status, body: document.text }
}
