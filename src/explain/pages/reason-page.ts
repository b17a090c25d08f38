// The page of one reason: what it means, who must act, whether trying again helps, and how each system says it.

import { catalogue, isSlug } from '#reasons/catalogue.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { codesOf } from '#reasons/dictionary.ts'
import type { Reason } from '#reasons/reason.ts'
import { dictionaries, systems } from '../dictionaries.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { page } from './layout.ts'
import type { ExchangesFor, Links, Page } from './layout.ts'
import { equivalents, facts, notFoundPage, provoke, renderedAnswers } from './parts.ts'

export function reasonPage(slug: string, links: Links, exchangesFor: ExchangesFor): Page {
  if (!isSlug(slug)) return notFoundPage(slug, links)
  const reason: Reason = catalogue[slug]
  const exchanges = exchangesFor(slug)
  const main = html`<h1>${reason.title}</h1>
    <p><code>${slug}</code></p>
    <p>${sentence(reason)}</p>
    ${facts(slug)} ${causes(slug)}
    <h2>What to do</h2>
    <p>${reason.remedy}</p>
    ${parameters(reason)}
    <h2>How each system says it</h2>
    ${equivalents(slug, links)} ${provoke(exchanges)} ${renderedAnswers(exchanges, links)}`
  return page(200, reason.title, links, '', main)
}

/** The template with the optional parts left out and the parameters named. */
function sentence(reason: Reason): Html {
  const parts = reason.detail.replace(/\[[^\]]*\]/g, '').split(/\{(\w+)\}/)
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`
}

function causes(slug: Slug): Html | false {
  const found = systems.flatMap((system) =>
    codesOf(dictionaries[system], slug).map((code) => dictionaries[system].entries[code]!.condition),
  )
  const conditions = [...new Set(found)]
  return (
    conditions.length > 0 &&
    html`<h2>Causes</h2>
      <ul>
        ${conditions.map((condition) => html`<li><p>${condition}</p></li>`)}
      </ul>`
  )
}

function parameters(reason: Reason): Html | false {
  const names = Object.entries(reason.params)
  return (
    names.length > 0 &&
    html`<h2>Values it carries</h2>
      <p>
        ${names.map(([name, type], index) => html`${index > 0 && ', '}<code>${name}</code> <span class="soft">(${typeWords(type)})</span>`)}
      </p>`
  )
}

function typeWords(type: string): string {
  const words: Readonly<Record<string, string>> = { text: 'text', integer: 'whole number', list: 'list of texts' }
  return `${words[type.replace('?', '')]}${type.endsWith('?') ? ', may be absent' : ''}`
}
