// Finds what a few characters may mean: a slug, a code of any system, a cause of any network. Unknown text gets the nearest names.

import { catalogue, isSlug } from '#reasons/catalogue.ts'
import type { Slug } from '#reasons/catalogue.ts'
import { q850Causes, sipStatuses, type NetworkCause } from '#reasons/network-causes.ts'
import { editDistance } from '#values/nearest.ts'
import { dictionaries, isSystem, systems } from './dictionaries.ts'
import { codeMatch, networkMatch, smppMatch } from './match.ts'
import type { Match } from './match.ts'
import { receiptStates, smppStatuses } from './network.ts'

export interface Lookup {
  readonly text: string
  /** One per system that knows the text; empty when none does. */
  readonly matches: readonly Match[]
  /** Names near to an unknown text, the nearest first. */
  readonly suggestions: readonly string[]
}

const networks: Readonly<Record<string, (code: string) => Match[]>> = {
  sip: (code) => networkMatch('sip', code, sipStatuses),
  q850: (code) => networkMatch('q850', code, q850Causes),
  smpp: (code) => smppMatch(code).concat(byName('smpp', code, smppStatuses)),
  receipt: (code) => networkMatch('receipt', code.toUpperCase(), receiptStates),
}

export function lookup(text: string): Lookup {
  const asked = pasted(text.trim().slice(0, 300)).slice(0, 100)
  const matches = find(asked)
  return { text: asked, matches, suggestions: matches.length > 0 ? [] : suggest(asked) }
}

/** What stands in an answer or a record, copied whole: the address of a page, a network's words behind the carrier's name. */
function pasted(text: string): string {
  const page = /^https?:\/\/[^?#]+\/(?:reasons|codes)\/([^?#]+?)\/?(?:[?#].*)?$/i.exec(text)
  if (page) return page[1]!
  const status = /(?:^|\s)(ESME_\w+)/i.exec(text)
  if (status) return status[1]!
  const receipt = /^receipt ([a-z]+)(?: err:\S*)?$/i.exec(text)
  return receipt ? `receipt/${receipt[1]}` : text
}

function find(asked: string): Match[] {
  const slug = asked.toLowerCase()
  if (isSlug(slug)) return [{ system: 'offhook', code: slug, reason: slug, confidence: 'certain', name: catalogue[slug].title }]
  const [, system, code] = /^([\w.]+)[/: ]+(\S+)$/.exec(slug) ?? []
  if (system !== undefined && code !== undefined) {
    if (isSystem(system)) return present([codeMatch(system, code)])
    const network = system.replace('.', '')
    return Object.hasOwn(networks, network) ? networks[network]!(code) : []
  }
  const vendors = present(systems.map((one) => codeMatch(one, asked)))
  // A bare small number is a code of a vendor before it is a status of a network; a name with letters or 0x is not mistaken.
  const inNetworks = /^(esme_|0x)/i.test(asked)
    ? networks['smpp']!(asked)
    : /^[a-z]{7}$/i.test(asked)
      ? networks['receipt']!(asked)
      : /^\d{3}$/.test(asked)
        ? networks['sip']!(asked)
        : /^\d{1,2}$/.test(asked)
          ? networks['q850']!(asked)
          : []
  return [...vendors, ...inNetworks]
}

function present(matches: readonly (Match | undefined)[]): Match[] {
  return matches.filter((match) => match !== undefined)
}

function byName(system: string, name: string, table: Readonly<Record<string, NetworkCause>>): Match[] {
  const found = Object.entries(table).find(([, cause]) => cause.name === name.toUpperCase())
  return found ? networkMatch(system, found[0], table).map((match) => ({ ...match, code: `0x${match.code}` })) : []
}

/** Up to five names: those that contain the text, then those that are few edits away. */
function suggest(asked: string): string[] {
  const sought = asked.toLowerCase()
  if (sought === '') return []
  const [, wanted, rest] = /^([\w.]+)\/(.*)$/.exec(sought) ?? []
  const scored: { name: string; score: number }[] = []
  const add = (name: string, compared: string, against: string): void => {
    const distance = editDistance(against, compared)
    scored.push({ name, score: compared.includes(against) && against.length > 2 ? 0.5 : distance })
  }
  for (const slug of Object.keys(catalogue) as Slug[]) {
    add(slug, slug, sought)
    if (sought.length > 3 && catalogue[slug].title.toLowerCase().includes(sought)) scored.push({ name: slug, score: 0.4 })
  }
  // A text without a digit is near to a word, hardly to a number.
  for (const system of /\d/.test(sought) ? systems : []) {
    if (wanted !== undefined && isSystem(wanted) && wanted !== system) continue
    for (const code of Object.keys(dictionaries[system].entries))
      add(`${system}/${code}`, code.toLowerCase(), wanted === undefined ? sought : rest!)
  }
  const best = scored.toSorted((a, b) => a.score - b.score || a.name.length - b.name.length)
  return [...new Set(best.map((one) => one.name))].slice(0, 5)
}
