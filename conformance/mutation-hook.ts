// Loaded into a server under mutation: the reason named in MUTATE_REASON is never raised. `refuse` goes on as if the check
// had passed; where a refusal is built to be thrown later, another reason stands in its place, and so it does where a reason
// is what a network, a carrier or the store says of a message.

import { registerHooks } from 'node:module'

const mutated = process.env['MUTATE_REASON']
const another = 'platform.draining'
const toldAsData = /\/src\/(?:carriers|messaging|store)\/[^?]*\.ts$/

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (mutated === undefined) return loaded
    if (toldAsData.test(url)) {
      const raised = new RegExp(`(?<!\\brefus(?:e|al)\\()'${mutated.replaceAll('.', '\\.')}'`, 'g')
      return { ...loaded, source: String(loaded.source).replaceAll(raised, `'${another}'`) }
    }
    if (!url.endsWith('/src/reasons/refusal.ts')) return loaded
    const source = String(loaded.source)
    const quoted = JSON.stringify(mutated)
    const changed = source
      .replace(/(export function refuse<[^{]*?: never \{)/, `$1 if (slug === ${quoted}) return undefined as never;`)
      .replace(/(export function refusal<[^{]*?: Refusal \{)/, `$1 if (slug === ${quoted}) return new Refusal('${another}');`)
    if (changed === source) throw new Error('the places that raise a reason were not found')
    return { ...loaded, source: changed }
  },
})
