// The pieces that the pages of reasons and of codes share.

import { catalogue } from '#reasons/catalogue.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { codesOf } from '#reasons/dictionary.ts'
import type { Entry } from '#reasons/dictionary.ts'
import type { Reason } from '#reasons/reason.ts'
import { faultWords, retryWords } from '../command.ts'
import { dictionaries, isSystem, systemNames, systems } from '../dictionaries.ts'
import type { System } from '../dictionaries.ts'
import { equivalentsOf } from '../explain.ts'
import { lookup } from '../lookup.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { page } from './layout.ts'
import type { KeptExchange, Links, Page } from './layout.ts'

export function facts(slug: Slug, of?: { entry: Entry; links: Links }): Html {
  const reason: Reason = catalogue[slug]
  const http =
    of === undefined
      ? String(reason.http)
      : of.entry.http === null
        ? ''
        : [of.entry.http, ...(of.entry.alsoHttp ?? [])].join(' or ')
  return html`<dl>
    ${
      of &&
      html`<dt>Reason</dt>
        <dd>
          <a href="${of.links.reason(slug)}"><code>${slug}</code></a> ${reason.title}
        </dd>`
    }
    <dt>Who must act</dt>
    <dd>${capital(faultWords[reason.fault])}</dd>
    <dt>Try again</dt>
    <dd>${capital(retryWords[reason.retry])}</dd>
    ${
      http !== '' &&
      html`<dt>HTTP status</dt>
        <dd>${http}</dd>`
    }
    ${
      of &&
      of.entry.channel !== 'http' &&
      html`<dt>Seen in</dt>
        <dd>${channelWords[of.entry.channel]}</dd>`
    }
    ${
      reason.sip !== null &&
      html`<dt>SIP status</dt>
        <dd>${reason.sip}</dd>`
    }
    ${
      reason.q850 !== null &&
      html`<dt>Q.850 cause</dt>
        <dd>${reason.q850}</dd>`
    }
    ${
      reason.smpp !== null &&
      html`<dt>SMPP status</dt>
        <dd><code>0x${reason.smpp.toString(16).padStart(8, '0')}</code></dd>`
    }
  </dl>`
}

const channelWords: Readonly<Record<Entry['channel'], string>> = {
  http: 'HTTP answers',
  sip: 'the SIP Reason header, callbacks and records, and HTTP answers where one is due',
  record: 'message records and status callbacks',
  log: "the account's error log",
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A row for each system: its codes for the reason, or what it says for want of one. */
export function equivalents(slug: Slug, links: Links, except?: System): Html {
  const said = equivalentsOf(slug)
  const rows = systems
    .filter((system) => system !== except)
    .map((system) => {
      const own = codesOf(dictionaries[system], slug)
      const name = html`<th scope="row">${systemNames[system]}</th>`
      if (own.length > 0) {
        const codes = own.map((code) => html`<a href="${links.code(system, code)}"><code>${code}</code></a> `)
        return html`<tr>
          ${name}
          <td>${codes}</td>
          <td>${own.length === 1 && dictionaries[system].entries[own[0]!]!.message}</td>
        </tr>`
      }
      const { code, http } = said[system]
      const nearest = code !== null && code in dictionaries[system].entries
      const shown = nearest ? html`<a href="${links.code(system, code)}"><code>${code}</code></a>` : html`<code>${code}</code>`
      return html`<tr>
        ${name}
        <td class="no">${code === null ? 'No code' : html`${nearest && 'nearest: '}${shown}`}, HTTP ${http}</td>
        <td></td>
      </tr>`
    })
  return html`<table>
    <tbody>
      ${rows}
    </tbody>
  </table>`
}

/** The request of a scenario that brings the reason about. */
export function provoke(exchanges: readonly KeptExchange[]): Html | false {
  const [first] = exchanges
  return (
    first !== undefined &&
    html`<h2>Try it in the sandbox</h2>
      <p>This request, sent to a sandbox account, is answered in this way. It is the one that the conformance run sends.</p>
      <pre>${first.request}</pre>`
  )
}

/** The first kept answer of each system. */
export function renderedAnswers(exchanges: readonly KeptExchange[], links: Links): Html | false {
  const bySystem = new Map<string, KeptExchange>()
  for (const exchange of exchanges) if (!bySystem.has(exchange.system)) bySystem.set(exchange.system, exchange)
  if (bySystem.size === 0) return false
  return html`<h2>Answers as they were given</h2>
    ${[...bySystem.values()].map(
      (exchange) =>
        html`<h3>${title(exchange, links)}</h3>
          <pre>${exchange.response}</pre>`,
    )}`
}

function title({ system, code }: KeptExchange, links: Links): Html {
  if (!isSystem(system)) return html`${system === 'offhook' ? 'Offhook' : system} ${code}`
  const known = code in dictionaries[system].entries
  return html`${systemNames[system]} ${known ? html`<a href="${links.code(system, code)}">${code}</a>` : code}`
}

export function notFoundPage(asked: string, links: Links): Page {
  const { suggestions } = lookup(asked)
  const rows = suggestions.map((name) => {
    const [system, code] = name.split('/')
    const href = code !== undefined && isSystem(system!) ? links.code(system, code) : links.reason(name)
    return html`<li>
      <a href="${href}"><code>${name}</code></a>
    </li>`
  })
  const main = html`<h1>Not known</h1>
    <p>There is no reason or code <code>${asked.slice(0, 100)}</code>.</p>
    ${
      rows.length > 0 &&
      html`<h2>Near to it</h2>
        <ul>
          ${rows}
        </ul>`
    }`
  return page(404, 'Not known', links, '', main)
}
