// The list of reasons or of one vendor's codes, and the search over both. `?q=` looks codes up first, then words.

import { catalogue } from '#reasons/catalogue.ts'
import type { Slug } from '#reasons/catalogue.ts'
import type { Reason } from '#reasons/reason.ts'
import { dictionaries, isSystem, systemNames, systems } from '../dictionaries.ts'
import type { System } from '../dictionaries.ts'
import { lookup } from '../lookup.ts'
import type { Match } from '../match.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { page } from './layout.ts'
import type { Links, Page } from './layout.ts'

export interface IndexQuery {
  readonly q?: string | undefined
  readonly system?: string | undefined
}

const reasons = Object.entries(catalogue) as [Slug, Reason][]
const mostHits = 60

export function indexPage(query: IndexQuery, links: Links): Page {
  const sought = (query.q ?? '').trim().slice(0, 100)
  if (sought !== '') return searchPage(sought, links)
  if (query.system !== undefined && isSystem(query.system)) return codesPage(query.system, links)
  const groups = Map.groupBy(reasons, ([slug]) => slug.split('.')[0]!)
  const main = html`<h1>Reasons</h1>
    <p>
      Every refusal and every end has one of these ${reasons.length} reasons. A vendor's code, a status and a cause are ways of
      saying it.
    </p>
    ${systemLinks(links)}
    ${[...groups].map(
      ([word, group]) =>
        html`<h2>${word.replaceAll('_', ' ')}</h2>
          <ul>
            ${group.map((one) => reasonRow(one, links))}
          </ul>`,
    )}`
  return page(200, 'Reasons', links, '', main)
}

function codesPage(system: System, links: Links): Page {
  const rows = Object.keys(dictionaries[system].entries)
  const main = html`<h1>${systemNames[system]}: ${rows.length} codes</h1>
    ${systemLinks(links, system)}
    <ul>
      ${rows.map((code) => codeRow(system, code, links))}
    </ul>`
  return page(200, `${systemNames[system]} codes`, links, '', main)
}

function searchPage(sought: string, links: Links): Page {
  const { matches, suggestions } = lookup(sought)
  const words = sought.toLowerCase().split(/\s+/)
  const has = (...texts: string[]): boolean => words.every((word) => texts.some((text) => text.toLowerCase().includes(word)))
  const hits = reasons.filter(([slug, reason]) => has(slug, reason.title, reason.remedy))
  const codes = systems.flatMap((system) =>
    Object.entries(dictionaries[system].entries)
      .filter(([code, entry]) => has(`${system}/${code}`, entry.message, entry.condition))
      .map(([code]) => ({ system, code }))
      .filter(({ code }) => !matches.some((match) => match.system === system && match.code === code)),
  )
  const found = matches.length + hits.length + codes.length
  const main = html`<h1>${found === 0 ? 'Nothing found' : 'Found'} for “${sought}”</h1>
    ${
      matches.length > 0 &&
      html`<h2>This code</h2>
        <ul>
          ${matches.map((match) => matchRow(match, links))}
        </ul>`
    }
    ${
      hits.length > 0 &&
      html`<h2>Reasons</h2>
        <ul>
          ${hits.slice(0, mostHits).map((one) => reasonRow(one, links))}
        </ul>
        ${more(hits.length)}`
    }
    ${
      codes.length > 0 &&
      html`<h2>Codes</h2>
        <ul>
          ${codes.slice(0, mostHits).map(({ system, code }) => codeRow(system, code, links))}
        </ul>
        ${more(codes.length)}`
    }
    ${
      found === 0 &&
      suggestions.length > 0 &&
      html`<h2>Near to it</h2>
        <ul>
          ${suggestions.map((name) => suggestionRow(name, links))}
        </ul>`
    }`
  return page(found === 0 ? 404 : 200, sought, links, sought, main)
}

function more(count: number): Html | false {
  return count > mostHits && html`<p class="soft">And ${count - mostHits} more; add a word to narrow the search.</p>`
}

function systemLinks(links: Links, current?: System): Html {
  return html`<nav aria-label="Codes by vendor">
    ${systems.map(
      (system) =>
        html`<a href="${links.codes(system)}" ${system === current && html` aria-current="page"`}>${systemNames[system]}</a>`,
    )}
  </nav>`
}

function reasonRow([slug, reason]: [Slug, Reason], links: Links): Html {
  return html`<li>
    <a href="${links.reason(slug)}"><code>${slug}</code><small>${reason.title}</small></a>
  </li>`
}

function codeRow(system: System, code: string, links: Links): Html {
  const entry = dictionaries[system].entries[code]!
  return html`<li>
    <a href="${links.code(system, code)}"><code>${system}/${code}</code> ${entry.message}<small>${entry.reason}</small></a>
  </li>`
}

function matchRow(match: Match, links: Links): Html {
  const { system, code } = match
  if (isSystem(system) && code in dictionaries[system].entries) return codeRow(system, code, links)
  const name = system === 'offhook' ? code : `${system}/${code}`
  return html`<li>
    <a href="${links.reason(match.reason)}"><code>${name}</code> ${match.name}<small>${match.reason}</small></a>
  </li>`
}

function suggestionRow(name: string, links: Links): Html {
  const [system, code] = name.split('/')
  if (code !== undefined && isSystem(system!)) return codeRow(system, code, links)
  return reasonRow([name as Slug, catalogue[name as Slug]], links)
}
