// `offhook explain <code> [--json]`: what a code means, in plain text, offline. Prints nothing itself; the program does.

import { catalogue } from '#reasons/catalogue.ts'
import type { Fault, Reason, Retry } from '#reasons/reason.ts'
import { dictionaries, isSystem, systemNames, systems } from './dictionaries.ts'
import { equivalentsOf } from './explain.ts'
import { lookup } from './lookup.ts'
import type { Lookup } from './lookup.ts'
import type { Match } from './match.ts'

export interface CommandResult {
  /** 0 found, 1 not known, 2 used wrongly. */
  readonly exitCode: number
  /** With its last line ended. */
  readonly text: string
}

const usage = `Usage: offhook explain <code> [--json]

  offhook explain 0701                           a code of any vendor
  offhook explain toku/-1100                     a code of one vendor: ${systems.join(', ')}
  offhook explain message.recipient_opted_out    a reason
  offhook explain q850/17                        a cause of a network: sip, q850, smpp, receipt
`

export function explainCommand(args: string[]): CommandResult {
  const json = args.includes('--json')
  const asked = args.filter((arg) => arg !== '--json')
  const [text] = asked
  if (text === '--help' || text === '-h') return { exitCode: 0, text: usage }
  if (text === undefined || text === '' || asked.length > 1 || text.startsWith('--')) return { exitCode: 2, text: usage }
  const found = lookup(text)
  const exitCode = found.matches.length > 0 ? 0 : 1
  if (json) return { exitCode, text: `${JSON.stringify({ ...found, matches: found.matches.map(described) }, null, 2)}\n` }
  return { exitCode, text: exitCode === 0 ? `${found.matches.map(shown).join('\n\n')}\n` : unknown(found) }
}

const errorId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function unknown({ text, suggestions }: Lookup): string {
  if (errorId.test(text))
    return `${text} is an error id: it names one refusal. The platform tells about it at GET /v1/refusals/${text}\n`
  const list = suggestions.map((name) => `  ${name}\n`).join('')
  return `No code, reason or cause is known as ${JSON.stringify(text)}.\n${list === '' ? '' : `\nNear to it:\n${list}`}`
}

function described(match: Match): object {
  const reason: Reason = catalogue[match.reason]
  const entry = isSystem(match.system) ? dictionaries[match.system].entries[match.code] : undefined
  return {
    ...match,
    http: entry?.http ?? reason.http,
    title: reason.title,
    fault: reason.fault,
    retry: reason.retry,
    ...(entry ? { condition: entry.condition, evidence: entry.evidence } : {}),
    remedy: entry?.remedy ?? reason.remedy,
    network: { sip: reason.sip, q850: reason.q850, smpp: reason.smpp },
    equivalents: equivalentsOf(match.reason),
  }
}

function shown(match: Match): string {
  const reason: Reason = catalogue[match.reason]
  const entry = isSystem(match.system) ? dictionaries[match.system].entries[match.code] : undefined
  const head =
    match.system === 'offhook'
      ? match.reason
      : `${isSystem(match.system) ? systemNames[match.system] : networkNames[match.system]} ${match.code}: ${match.name}`
  const lines: [string, string][] = [
    ['Meaning', entry?.condition ?? `${reason.title}.`],
    [
      'Reason',
      match.system === 'offhook'
        ? reason.title
        : `${match.reason} (${reason.title})${match.confidence === 'certain' ? '' : ', likely'}`,
    ],
    ['Who must act', faultWords[reason.fault]],
    ['Try again', retryWords[reason.retry]],
    ['Remedy', entry?.remedy ?? reason.remedy],
    ['Elsewhere', elsewhere(match)],
    ['Network', networkWords(reason)],
  ]
  return [head, ...lines.filter(([, value]) => value !== '').map(([name, value]) => wrapped(`  ${name.padEnd(13)}`, value))].join(
    '\n',
  )
}

const networkNames: Readonly<Record<string, string>> = {
  sip: 'SIP',
  q850: 'Q.850 cause',
  smpp: 'SMPP command_status',
  receipt: 'Receipt',
}

/** Who must act, in words. */
export const faultWords: Readonly<Record<Fault, string>> = {
  caller: 'the caller: whoever sent the request',
  recipient: 'the recipient, or their device',
  carrier: 'the carrier',
  application: "the customer's application: its webhook, script or worker",
  platform: 'the platform',
  'operator-policy': 'the operator of the platform, who set this limit or rule',
  none: 'nobody: this is an outcome, no error',
  unknown: 'not known: the network does not say',
}

/** Whether repeating helps, in words. */
export const retryWords: Readonly<Record<Retry, string>> = {
  never: 'no: the same request will not succeed',
  'after-change': 'after something is changed',
  later: 'later, as it is',
}

function elsewhere(match: Match): string {
  const said = equivalentsOf(match.reason)
  const others = systems.filter((system) => system !== match.system && said[system].exact)
  return others.map((system) => `${system} ${said[system].code} (${said[system].http})`).join(', ')
}

function networkWords({ sip, q850, smpp }: Reason): string {
  const parts = [
    sip === null ? '' : `SIP ${sip}`,
    q850 === null ? '' : `Q.850 ${q850}`,
    smpp === null ? '' : `SMPP 0x${smpp.toString(16).padStart(8, '0')}`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** Breaks at 80 columns, under the first word of the text. */
function wrapped(lead: string, text: string): string {
  const indent = ' '.repeat(lead.length)
  const lines: string[] = []
  let line = lead
  for (const word of text.split(' ')) {
    if (line.length + word.length > 80 && line.trim() !== '' && line.length > lead.length) {
      lines.push(line.trimEnd())
      line = indent
    }
    line += `${word} `
  }
  return [...lines, line.trimEnd()].join('\n')
}
