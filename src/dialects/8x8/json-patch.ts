// JSON Patch (RFC 6902) over a document of objects, as this vendor's clients change contacts and groups. Arrays are not
// gone into: what they change has none.

import { refuse } from '#reasons/refusal.ts'

type Document = Record<string, unknown>

const maxOperations = 100
const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Gives the changed copy. Names of the first level are taken whatever their case, as the vendor's own examples write
 * `/isblacklist`. Gives request.parameter_invalid, request.batch_too_large; request.values_disagree for a failed test.
 */
export function applyPatch(document: Document, patch: unknown, names: readonly string[]): Document {
  if (!Array.isArray(patch))
    refuse('request.parameter_invalid', { parameter: 'body', value: typeof patch, expected: 'an array of JSON Patch operations' })
  if (patch.length > maxOperations) refuse('request.batch_too_large', { limit: maxOperations })
  const changed = structuredClone(document)
  for (const [at, one] of patch.entries()) applyOne(changed, one, `[${at}]`, names)
  return changed
}

function applyOne(document: Document, one: unknown, place: string, names: readonly string[]): void {
  const { op, path, from, value } = (typeof one === 'object' && one !== null ? one : {}) as Record<string, unknown>
  const target = pointer(path, `${place}.path`, names)
  switch (op) {
    case 'add':
      put(document, target, value, `${place}.path`)
      return
    case 'replace':
      // RFC 6902 4.3 wants the target to be there; clients of this vendor set absent names so.
      put(document, target, value, `${place}.path`)
      return
    case 'remove':
      take(document, target, `${place}.path`)
      return
    case 'copy':
      put(
        document,
        target,
        structuredClone(at(document, pointer(from, `${place}.from`, names), `${place}.from`)),
        `${place}.path`,
      )
      return
    case 'move': {
      const source = pointer(from, `${place}.from`, names)
      const moved = at(document, source, `${place}.from`)
      take(document, source, `${place}.from`)
      put(document, target, moved, `${place}.path`)
      return
    }
    case 'test':
      if (JSON.stringify(at(document, target, `${place}.path`)) !== JSON.stringify(value)) {
        refuse('request.values_disagree', { parameter: String(path).slice(0, 60), places: 'patch_resource' })
      }
      return
    default:
      refuse('request.parameter_invalid', {
        parameter: `${place}.op`,
        value: String(op).slice(0, 60),
        expected: 'one of add, remove, replace, copy, move, test',
      })
  }
}

function pointer(text: unknown, parameter: string, names: readonly string[]): string[] {
  const wrong = (): never =>
    refuse('request.parameter_invalid', {
      parameter,
      value: String(text).slice(0, 60),
      expected: `a path below ${names.join(', ')}`,
    })
  if (typeof text !== 'string' || !text.startsWith('/')) return wrong()
  const [first = '', ...rest] = text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const name = names.find((one) => one.toLowerCase() === first.toLowerCase())
  if (name === undefined || rest.length > 1 || rest.some((part) => forbidden.has(part))) return wrong()
  return [name, ...rest]
}

function holder(document: Document, path: readonly string[], parameter: string): Document {
  if (path.length === 1) return document
  const inner = Object.hasOwn(document, path[0]!) ? document[path[0]!] : undefined
  if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) return inner as Document
  return refuse('request.parameter_invalid', {
    parameter,
    value: `/${path.join('/')}`.slice(0, 60),
    expected: 'a path to something that is there',
  })
}

function at(document: Document, path: readonly string[], parameter: string): unknown {
  const inside = holder(document, path, parameter)
  if (Object.hasOwn(inside, path.at(-1)!)) return inside[path.at(-1)!]
  return refuse('request.parameter_invalid', {
    parameter,
    value: `/${path.join('/')}`.slice(0, 60),
    expected: 'a path to something that is there',
  })
}

function put(document: Document, path: readonly string[], value: unknown, parameter: string): void {
  if (value === undefined)
    refuse('request.parameter_missing', { parameter: parameter.replace('.path', '.value'), location: 'payload' })
  holder(document, path, parameter)[path.at(-1)!] = value
}

function take(document: Document, path: readonly string[], parameter: string): void {
  at(document, path, parameter)
  delete holder(document, path, parameter)[path.at(-1)!]
}
