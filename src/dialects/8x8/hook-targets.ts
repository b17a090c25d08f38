// Who is told of a message, or of a call, by this account's hooks (reference section 6.10): what was sent, unless it came with a URL of its own, and
// what was received.

import { pathIds } from '#accounts/account.ts'
import { messageSubject, type MessageSubject } from '#messaging/message-subject.ts'
import { usualStatusKinds } from '#messaging/message-targets.ts'
import type { FaceParts } from '#operations/face-parts.ts'
import type { Happening } from '#store/happenings.ts'
import { readMessageById } from '#store/messages.ts'
import type { Target, TargetsOf } from '#webhooks/webhook-form.ts'
import { formOf, hooksFor, prefix, type KeptHook } from './hooks.ts'
import { callTargets } from './call-targets.ts'
import { face } from './ids.ts'
import { KnownByAccount, type Known } from './known-by-account.ts'
import { voiceHooksKnown } from './voice-hooks.ts'

/** What the form renders of a hook's target; a message's own URL has the subject alone. */
export interface HookSubject extends MessageSubject {
  readonly hook?: { readonly form: 'old' | 'new'; readonly version: number | null }
}

interface Hooks {
  readonly hooks: readonly KeptHook[]
}

const receipts = new Set(['', 'CADR', 'DR', '*'])
const inbound = new Set(['', 'MSG', 'MO', '*'])
const none: readonly Target[] = []

export function hookTargets(parts: FaceParts): TargetsOf {
  const { store } = parts
  const known = new KnownByAccount<Hooks>(store, async (id, account) => ({
    hooks: account ? await hooksFor(store, id, pathIds(account.path)) : [],
  }))
  const ofVoice = callTargets(parts, voiceHooksKnown(store))

  /** Most accounts have no hooks, and nothing is waited for. */
  function targetsOf(happening: Happening): readonly Target[] | Promise<readonly Target[]> {
    const found = known.of(happening.account_id)
    if (found instanceof Promise) return found.then((loaded) => targetsBy(loaded, happening))
    return found.hooks.length === 0 ? none : targetsBy(found, happening)
  }

  async function targetsBy({ hooks, loopback }: Known<Hooks>, happening: Happening): Promise<readonly Target[]> {
    const { noun_id: id, kind, account_id: accountId } = happening
    const wanted = hooks.filter((hook) => (kind === 'received' ? inbound : receipts).has(hook.kind))
    if (wanted.length === 0) return none
    const row = await readMessageById(store, id)
    // A URL that came with the message stands in for the hooks (reference section 6.1).
    if (!row || row.kind === 'mms' || (row.direction === 'out' && row.callback !== null)) return none
    const message = messageSubject(row, happening)
    return wanted.map(({ url, kind: type, version }): Target => ({
      accountId,
      endpointId: null,
      face,
      url,
      method: 'POST',
      kind: kind === 'received' ? 'message.inbound' : 'message.status',
      noun: 'messages',
      nounId: id,
      subject: { ...message, hook: { form: formOf(type, version), version: version ?? null } } satisfies HookSubject,
      errorId: message.errorId,
      loopback,
    }))
  }

  const all: TargetsOf = (happenings) =>
    Promise.all(
      happenings.map((happening) =>
        happening.noun === 'messages' && (happening.kind === 'received' || usualStatusKinds.has(happening.kind))
          ? targetsOf(happening)
          : ofVoice(happening),
      ),
    )
  return Object.assign(all, { wants: { facets: { face, prefix } } })
}
