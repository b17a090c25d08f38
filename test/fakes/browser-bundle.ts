// A package of CommonJS modules as one script for a browser, without a bundler: every module that is required on the way is a function in it.
// What the package sets on no global is given the name that is asked for.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const requireHere = createRequire(import.meta.url)

export function bundleFor(name: string, asGlobal: string): string {
  const modules = new Map<string, { readonly source: string; readonly names: Readonly<Record<string, string>> }>()
  const add = (path: string): void => {
    if (modules.has(path)) return
    const source = readFileSync(path, 'utf8')
    if (path.endsWith('.json')) return void modules.set(path, { source: `module.exports = ${source}`, names: {} })
    const required = new Map<string, string>()
    for (const [, asked] of source.matchAll(/\brequire\((?:'|")([^'"]+)(?:'|")\)/g))
      required.set(asked!, resolveFrom(path, asked!))
    modules.set(path, { source, names: Object.fromEntries(required) })
    for (const found of required.values()) add(found)
  }
  const entry = requireHere.resolve(name)
  add(entry)
  const parts = [...modules].map(
    ([path, { source, names }]) =>
      `${JSON.stringify(path)}: [${JSON.stringify(names)}, function (module, exports, require) {\n${source}\n}]`,
  )
  return `(() => {
const modules = {\n${parts.join(',\n')}\n}
const loaded = {}
const load = (path) => {
  if (loaded[path]) return loaded[path].exports
  const module = (loaded[path] = { exports: {} })
  const [names, run] = modules[path]
  run(module, module.exports, (name) => load(names[name]))
  return module.exports
}
globalThis[${JSON.stringify(asGlobal)}] = load(${JSON.stringify(entry)})
})()`
}

/** A package may have a file for browsers in place of its own (its `browser` member). */
function resolveFrom(path: string, asked: string): string {
  // A name with a slash is the package, where Node has a module of that name too.
  const found = createRequire(path).resolve(/^[a-z]+$/.test(asked) ? `${asked}/` : asked)
  const folder = packageOf(found)
  const { browser } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { browser?: unknown }
  if (typeof browser === 'string' && !asked.startsWith('.')) return join(folder, browser)
  if (typeof browser === 'object' && browser !== null) {
    for (const [from, to] of Object.entries(browser))
      if (typeof to === 'string' && join(folder, from) === found) return join(folder, to)
  }
  return found
}

function packageOf(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      readFileSync(join(folder, 'package.json'))
      return folder
    } catch {
      if (folder === dirname(folder)) throw new Error(`${path} is in no package`)
    }
  }
}
