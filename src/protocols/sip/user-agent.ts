// The user agent: dialogs and calls over a SipStack (RFC 3261 8.2, 12 to 15, 3891). It takes the stack's requests, gives those of a dialog to its session
// and the others to the layer above. It reads no SDP: bodies are handed through.

import { extensions } from './agent-parts.ts'
import { answerChallenge } from './authorization.ts'
import { parseReplaces, type Replaces } from './header-values.ts'
import { InviteClient } from './invite-client.ts'
import { InviteServer } from './invite-server.ts'
import { callIdOf, cseqOf, fromOf, toOf } from './message-reads.ts'
import type { SipMessage, SipRequest } from './message.ts'
import { isReadable } from './session-body.ts'
import type { CallAgent, InviteClientEvents, InviteOptions } from './invite-parts.ts'
import type { SessionTimerOptions } from './session-parts.ts'
import { agree, usualSessionTimer } from './session-timer.ts'
import type { Session } from './session.ts'
import type { SipStack } from './sip-stack.ts'
import type { ExtraHeaders, Flow, ServerTransaction } from './stack-parts.ts'
import { escapeUser } from './uri.ts'

const ofDialogs = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'UPDATE', 'PRACK', 'INFO', 'REFER', 'NOTIFY', 'OPTIONS'] as const

export interface UserAgentOptions {
  /** A call comes in. The session hooks are set by `invite.listen` before this returns. */
  readonly onInvite: (invite: InviteServer) => void
  /** Any other request outside a dialog: REGISTER, OPTIONS, MESSAGE, SUBSCRIBE, REFER ... Answer it with `respond`. Methods not in `methods` never come. */
  readonly onRequest: (transaction: ServerTransaction) => void
  /** Methods offered outside dialogs beyond INVITE, ACK, CANCEL and BYE; told in Allow. Default OPTIONS. Within dialogs see `SessionEvents`. */
  readonly methods?: readonly string[] | undefined
  /** Session timers (RFC 4028). */
  readonly sessionTimer?: SessionTimerOptions | undefined
  /** How long a call may ring at us without final answer; then 480 and `failed`. Default 180,000. 0 is never. */
  readonly ringMs?: number | undefined
}

export class UserAgent {
  readonly stack: SipStack
  readonly #options: UserAgentOptions
  readonly #agent: CallAgent
  readonly #sessions = new Map<string, Session>()
  /** INVITEs that wait for our final response, by what they have in common over whatever way. */
  readonly #invites = new Set<string>()
  readonly #methods: ReadonlySet<string>
  readonly #abilities: readonly [string, string][]

  constructor(stack: SipStack, options: UserAgentOptions) {
    this.stack = stack
    this.#options = options
    this.#methods = new Set(options.methods ?? ['OPTIONS'])
    this.#abilities = [
      ['Allow', [...new Set([...ofDialogs, ...this.#methods])].join(', ')],
      ['Supported', extensions.join(', ')],
    ]
    this.#agent = {
      stack,
      timer: options.sessionTimer ?? usualSessionTimer,
      ringMs: options.ringMs ?? 180_000,
      abilities: this.#abilities,
      contact: (flow, user, secure) => this.contact(flow, user, secure),
      add: (session) => void this.#sessions.set(keyOf(session.callId, session.localTag, session.remoteTag), session),
      remove: (session) => void this.#sessions.delete(keyOf(session.callId, session.localTag, session.remoteTag)),
      session: (of) => this.session(of),
      inviteOver: (request) => void this.#invites.delete(mergeKeyOf(request)),
      answerChallenge: (request, response, login) => answerChallenge(request, response, login, stack.random(8)),
    }
    stack.onRequest = (transaction) => this.#requested(transaction)
    stack.onAck = (ack) => this.#sessionOf(ack)?.acknowledged(ack)
    stack.onStrayResponse = (response) => this.#sessionOf(response)?.acknowledgeAgain(response)
  }

  /** Allow and Supported, as they stand in what we say of ourselves. */
  get abilities(): ExtraHeaders {
    return this.#abilities
  }

  /** How many dialogs there are, early ones too. */
  get sessions(): number {
    return this.#sessions.size
  }

  /** Places a call. News come no earlier than the next turn of the loop. */
  invite(options: InviteOptions, events: InviteClientEvents): InviteClient {
    return new InviteClient(this.#agent, options, events)
  }

  /** Our Contact over this flow, in angle brackets. */
  contact(flow: Flow, user = '', secure = false): string {
    const { transport } = flow
    const at = `${user === '' ? '' : `${escapeUser(user)}@`}${this.stack.sentBy(flow)}`
    if (secure) return `<sips:${at}${transport === 'wss' ? ';transport=ws' : ''}>`
    // RFC 7118 5.1: WSS is told as ws too.
    return `<sip:${at}${transport === 'udp' ? '' : `;transport=${transport === 'wss' ? 'ws' : transport}`}>`
  }

  /** The session of a dialog: `toTag` is ours, `fromTag` the peer's, as a peer writes them in Replaces (RFC 3891 3). */
  session(of: Replaces): Session | undefined {
    return this.#sessions.get(keyOf(of.callId, of.toTag, of.fromTag))
  }

  /** Of a session that is: whoever sent it knows its tags. */
  isInDialog(request: SipRequest): boolean {
    return toOf(request)?.params.has('tag') === true && this.#sessionOf(request) !== undefined
  }

  #sessionOf(message: SipMessage): Session | undefined {
    const to = toOf(message)?.params.get('tag') ?? ''
    const from = fromOf(message)?.params.get('tag') ?? ''
    const callId = callIdOf(message) ?? ''
    return this.#sessions.get(message.kind === 'request' ? keyOf(callId, to, from) : keyOf(callId, from, to))
  }

  #requested(transaction: ServerTransaction): void {
    const { request } = transaction
    const { method } = request
    const session = this.#sessionOf(request)
    // Who knows the tags is the peer.
    if (session) transaction.vouch()
    // 8.2.1: the method first, then 8.2.2.3 what it requires.
    if (!(ofDialogs as readonly string[]).includes(method) && !this.#methods.has(method))
      return void transaction.respond(405, { headers: this.#abilities })
    // 8.2.2.1.
    if (!ownSchemes.test(request.uri)) return void transaction.respond(416)
    const unknown = request.headers.all('Require').filter((one) => !(extensions as readonly string[]).includes(one.toLowerCase()))
    if (unknown.length > 0) return void transaction.respond(420, { headers: [['Unsupported', unknown.join(', ')]] })
    if (session) return session.received(transaction)
    // 12.2.2: a To tag of a dialog that is not, or no more.
    if (toOf(request)?.params.has('tag')) return void transaction.respond(481)
    if (method === 'INVITE') return this.#invited(transaction)
    // RFC 6665 4.4, 3311, 3262: these live in dialogs only.
    if (['BYE', 'UPDATE', 'PRACK', 'INFO', 'NOTIFY'].includes(method) && !this.#methods.has(method))
      return void transaction.respond(481)
    if (this.#methods.has(method)) return this.#options.onRequest(transaction)
    transaction.respond(405, { headers: this.#abilities })
  }

  #invited(transaction: ServerTransaction): void {
    const { request } = transaction
    const { timer } = this.#agent
    if (!isReadable(request)) return void transaction.respond(415, { headers: [['Accept', 'application/sdp']] })
    if (agree(request, timer) === 'tooSmall')
      return void transaction.respond(422, { headers: [['Min-SE', `${timer.minSeconds}`]] })
    const replaced = this.#replaced(transaction)
    if (replaced === 'refused') return
    if (this.#isMerged(request)) return void transaction.respond(482)
    this.#options.onInvite(new InviteServer(this.#agent, transaction, replaced))
  }

  /** RFC 3891 3: 400 for more than one, 481 for none that fits, 603 for one that has ended, 486 for early-only and confirmed. */
  #replaced(transaction: ServerTransaction): Session | undefined | 'refused' {
    const lines = transaction.request.headers.all('Replaces')
    if (lines.length === 0) return undefined
    const of = lines.length === 1 ? parseReplaces(lines[0]!) : undefined
    const session = of && this.session(of)
    const status = !of ? 400 : !session ? 481 : session.state === 'ended' ? 603 : 0
    if (status > 0) transaction.respond(status)
    else if (session!.state === 'confirmed' && of!.earlyOnly) transaction.respond(486)
    // 3: an early dialog may be replaced only where we placed the call.
    else if (session!.state === 'early' && !session!.isCaller) transaction.respond(481)
    else return session
    return 'refused'
  }

  /** 8.2.2.2: the same request has come by another way, and is still being answered. */
  #isMerged(request: SipRequest): boolean {
    const key = mergeKeyOf(request)
    if (this.#invites.has(key)) return true
    this.#invites.add(key)
    return false
  }
}

const mergeKeyOf = (invite: SipRequest): string =>
  `${callIdOf(invite)} ${fromOf(invite)?.params.get('tag')} ${cseqOf(invite)?.number}`

const ownSchemes = /^(?:sips?|tel):/i

const keyOf = (callId: string, local: string, remote: string): string => `${callId} ${local} ${remote}`
