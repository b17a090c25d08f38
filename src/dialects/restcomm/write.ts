// Answers: JSON as it stands, or XML with the same names in CamelCase (reference 3). Lists have an envelope at some
// resources and none at others (reference 4.1).

import type { HttpAnswer } from '#protocols/http/exchange.ts'
import { escapeXml } from '#protocols/http/escape.ts'
import type { Envelope } from './paging.ts'

export type Shown = { readonly [name: string]: unknown }

const jsonType = 'application/json'
const xmlType = 'application/xml'

/** The one name that the vendor writes otherwise (reference 13.1). */
const oddNames: Readonly<Record<string, string>> = { ring_duration: 'Ring_duration' }

const elementOf = (name: string): string =>
  oddNames[name] ?? name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())

function element(name: string, value: unknown): string {
  if (value === null || value === undefined) return `<${name}/>`
  if (Array.isArray(value)) return `<${name}>${value.map((item) => element(name.replace(/s$/, ''), item)).join('')}</${name}>`
  return typeof value === 'object'
    ? `<${name}>${members(value as Shown)}</${name}>`
    : `<${name}>${escapeXml(String(value))}</${name}>`
}

function members(value: Shown): string {
  let text = ''
  for (const name in value) if (value[name] !== undefined) text += element(elementOf(name), value[name])
  return text
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
const response = (inner: string): string => `${declaration}<RestcommResponse>${inner}</RestcommResponse>`

function answer(json: boolean, value: unknown, xml: () => string): HttpAnswer {
  if (json) return { status: 200, headers: { 'content-type': jsonType }, body: JSON.stringify(value) }
  return { status: 200, headers: { 'content-type': xmlType }, body: response(xml()) }
}

export const writeOne = (json: boolean, name: string, value: Shown): HttpAnswer => answer(json, value, () => element(name, value))

/** What a call that is placed is answered with: in XML without the usual root (reference 13.1). */
export const writeBare = (json: boolean, name: string, value: Shown): HttpAnswer =>
  json
    ? writeOne(json, name, value)
    : { status: 200, headers: { 'content-type': xmlType }, body: `${declaration}${element(name, value)}` }

/** A bare array. `name` is the element of the whole, `item` that of each row. */
export const writeList = (json: boolean, name: string, item: string, rows: readonly unknown[]): HttpAnswer =>
  answer(json, rows, () => `<${name}>${rows.map((row) => element(item, row)).join('')}</${name}>`)

export const writePage = (
  json: boolean,
  { json: envelope, xml }: Envelope,
  key: string,
  item: string,
  rows: readonly Shown[],
): HttpAnswer =>
  answer(json, { ...envelope, [key]: rows }, () => {
    const attributes = Object.entries(xml).map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    const name = elementOf(key)
    return `<${name}${attributes.join('')}>${rows.map((row) => element(item, row)).join('')}</${name}>`
  })

export const writeNothing = (status: 200 | 204): HttpAnswer => ({ status, headers: {}, body: '' })

/** The structured form of an error (reference 3). */
export function errorBody(json: boolean, value: Shown): Pick<HttpAnswer, 'headers' | 'body'> {
  return json
    ? { headers: { 'content-type': jsonType }, body: JSON.stringify(value) }
    : { headers: { 'content-type': xmlType }, body: response(members(value)) }
}
