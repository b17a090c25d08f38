// The page of one vendor's code: when it is given, who must act, and what the other systems say instead.

import { catalogue } from '#reasons/catalogue.ts'
import type { Entry } from '#reasons/dictionary.ts'
import type { Reason } from '#reasons/reason.ts'
import { dictionaries, isSystem, systemNames } from '../dictionaries.ts'
import { nameOfCode } from '../match.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { page } from './layout.ts'
import type { ExchangesFor, Links, Page } from './layout.ts'
import { equivalents, facts, notFoundPage, provoke, renderedAnswers } from './parts.ts'

export function codePage(system: string, code: string, links: Links, exchangesFor: ExchangesFor): Page {
  const name = isSystem(system) ? nameOfCode(system, code) : undefined
  if (!isSystem(system) || name === undefined) return notFoundPage(`${system}/${code}`, links)
  const entry = dictionaries[system].entries[name]!
  const reason: Reason = catalogue[entry.reason]
  const own = exchangesFor(`${system}/${name}`)
  const others = exchangesFor(entry.reason).filter((exchange) => exchange.system !== system)
  const main = html`<h1>${systemNames[system]} <code>${name}</code></h1>
    <p>${entry.message}</p>
    ${facts(entry.reason, { entry, links })}
    <h2>When it is given</h2>
    <p>${entry.condition}</p>
    ${chosenBy(entry)}
    <h2>What to do</h2>
    <p>${entry.remedy}</p>
    <h2>How sure this is</h2>
    <p>${evidenceWords[entry.evidence]}</p>
    <h2>The same in the other systems</h2>
    ${equivalents(entry.reason, links, system)} ${provoke(own)} ${renderedAnswers([...own, ...others], links)}`
  return page(200, `${systemNames[system]} ${name}: ${reason.title}`, links, '', main)
}

function chosenBy({ when, reason }: Entry): Html | false {
  const [pair] = Object.entries(when ?? {})
  if (pair === undefined) return false
  const [name, values] = pair
  const named = values.split('|').filter((value) => value !== '*')
  const said = named.length > 0 && html`where <code>${name}</code> is <code>${named.join(', ')}</code>`
  const rest = values.includes('*') && html`${named.length > 0 && ', and '}where no other code of the reason fits better`
  return html`<p class="soft">Of the codes for <code>${reason}</code> this one is given ${said}${rest}.</p>`
}

const evidenceWords: Readonly<Record<Entry['evidence'], string>> = {
  confirmed: 'Confirmed: a public source of the vendor ties this code to this place and condition.',
  listed: "Listed: the vendor's published list names the condition; where exactly it applies is our reading.",
  derived: 'Derived: the vendor publishes the code and its words; condition or status are our reading.',
}
