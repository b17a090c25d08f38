import Type from 'typebox'
import { actorOf } from '#accounts/caller.ts'
import { refuseShort } from '#credit/refuse-short.ts'
import { refuse } from '#reasons/refusal.ts'
import { createCall } from '#store/call-life.ts'
import type { CallRow } from '#store/calls.ts'
import type { CreditShort } from '#store/credit.ts'
import { recordWhole } from '#voice/record-whole.ts'
import type { CallTarget, Verb } from '#voice/verbs/verb.ts'
import { Method, OneOf, Optional, WebUrl } from '../fields.ts'
import { operation, otherNodeReasons, type Means } from '../operation.ts'
import { callView, CallView } from './call-view.ts'

type Placed = { readonly row: CallRow } | { readonly row: null; readonly short: CreditShort }

function shown(_: Means, placed: Placed) {
  if (placed.row === null) refuseShort(placed.short)
  return callView(placed.row)
}

const how = Method('How it is asked; POST unless told.')

/** `client:login`, a SIP address, or a number. */
export function targetOf(to: string): CallTarget {
  if (/^sips?:/i.test(to)) return { kind: 'sip', uri: to }
  return to.startsWith('client:') ? { kind: 'client', login: to.slice('client:'.length) } : { kind: 'number', number: to }
}

/** Accepted once it is durable; how it goes is told by its status URL, by events and by its record. */
export const placeCallOperation = operation({
  name: 'calls.place',
  summary: 'Place a call',
  permission: 'calls.write',
  feature: 'voice',
  input: Type.Object(
    {
      from: Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'A number of the account, one that it has proven, or a client.',
      }),
      to: Type.String({ minLength: 1, maxLength: 512, description: 'A number, client:login, or a SIP address.' }),
      url: Optional(WebUrl('The script that runs once it is answered.')),
      method: Optional(how),
      fallbackUrl: Optional(WebUrl('Asked where the script cannot be had or read.')),
      fallbackMethod: Optional(how),
      statusUrl: Optional(WebUrl('Told of what happens to it.')),
      statusMethod: Optional(how),
      statusEvents: Optional(
        Type.Array(OneOf(['initiated', 'ringing', 'answered', 'completed'], 'A step.'), {
          maxItems: 4,
          description: 'Which steps are told; all unless told.',
        }),
      ),
      timeoutSeconds: Optional(Type.Integer({ minimum: 5, maximum: 600, description: 'How long it may ring; 60 unless told.' })),
      maxSeconds: Optional(
        Type.Integer({ minimum: 1, maximum: 86_400, description: 'How long it may last from its answer on.' }),
      ),
      maxPriceMicros: Optional(Type.Integer({ minimum: 0, description: 'It ends before it costs more, in millionths.' })),
      callerName: Optional(
        Type.String({ maxLength: 64, pattern: '^[^\\x00-\\x1f\\x7f]*$', description: 'Shown beside the number.' }),
      ),
      anonymous: Optional(Type.Boolean({ description: 'The called party is not shown who calls.' })),
      headers: Optional(
        Type.Record(Type.String({ pattern: '^[Xx]-[A-Za-z0-9-]{1,60}$' }), Type.String({ maxLength: 512 }), {
          description: 'X- headers of its INVITE.',
        }),
      ),
      sipUser: Optional(Type.String({ maxLength: 128, description: 'For a SIP address that asks for a password.' })),
      sipPassword: Optional(Type.String({ maxLength: 128, description: 'The password.' })),
      record: Optional(
        OneOf(
          ['mixed', 'dual'],
          'Both sides are recorded from its answer on; needs a script. dual: one channel for each. Whoever answers is told first where the account says so.',
        ),
      ),
      reference: Optional(Type.String({ maxLength: 350, description: "The client's own reference." })),
      applicationId: Optional(Type.Integer({ 'x-hidden': true })),
      faceData: Optional(Type.Record(Type.String(), Type.Unknown(), { 'x-hidden': true })),
      memory: Optional(Type.Record(Type.String(), Type.Unknown(), { 'x-hidden': true })),
      /** A face's own script, read already: done before any page is asked. */
      verbs: Optional(Type.Unsafe<readonly Verb[]>({ type: 'array', 'x-hidden': true })),
      userId: Optional(Type.Integer({ 'x-hidden': true, description: 'In whose log it stands.' })),
    },
    { additionalProperties: false },
  ),
  output: CallView,
  reasons: [
    'account.not_active',
    'account.on_hold',
    'account.usage_limit_exceeded',
    'trial.expired',
    'trial.concurrency_reached',
    'call.concurrency_reached',
    'call.spend_limit_reached',
    'call.emergency_not_routed',
    'call.called_not_allowed',
    'call.destination_unknown',
    'call.sip_header_invalid',
    'call.unreachable',
    'client.not_found',
    'client.registration_expired',
    'client.on_other_node',
    ...otherNodeReasons,
    'credit.deduction_failed',
    'credit.insufficient',
    'destination.high_risk',
    'destination.invalid',
    'destination.not_allowed',
    'number.blocked',
    'number.expired',
    'number.not_active',
    'number.not_assigned',
    'number.not_in_whitelist',
    'number.not_owned',
    'policy.hook_failed',
    'policy.session_blocked',
    'rate.limit_exceeded',
    'rating.no_rate',
    'rating.price_exceeds_maximum',
    'routing.no_route',
    'routing.no_route_available',
    'routing.vendor_not_found',
  ],
  creates: true,
  route: { method: 'POST', path: '/calls', status: 201 },
  runsOn: async ({ caller, voice }, { to }) => voice.calls?.nodeFor(caller.account, targetOf(to)),
  async run(means, input) {
    const { caller, voice } = means
    const { calls } = voice
    // A node that has no calls at all: nothing will be better for waiting.
    if (!calls) return refuse('platform.engine_error', { engine: 'calls' })
    const { url, fallbackUrl, statusUrl, sipUser, record, headers = {} } = input
    if (record && url === undefined && !input.verbs) refuse('request.parameter_missing', { parameter: 'url' })
    const verbs = [...(record ? recordWhole(caller.account, record) : []), ...(input.verbs ?? [])]
    for (const [header, value] of Object.entries(headers))
      // oxlint-disable-next-line no-control-regex -- what would end the header
      if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) refuse('call.sip_header_invalid', { header })
    const admitted = await calls.admit({
      account: caller.account,
      face: caller.face,
      origin: 'api',
      actor: actorOf(caller),
      from: input.from,
      to: targetOf(input.to),
      fromName: input.callerName,
      anonymous: input.anonymous,
      timeoutMs: (input.timeoutSeconds ?? 60) * 1000,
      mostMs: input.maxSeconds === undefined ? undefined : input.maxSeconds * 1000,
      headers,
      credentials: sipUser === undefined ? undefined : { username: sipUser, password: input.sipPassword ?? '' },
      maxPriceMicro: input.maxPriceMicros,
      callback:
        statusUrl === undefined
          ? undefined
          : { url: statusUrl, method: input.statusMethod ?? 'POST', events: input.statusEvents },
      clientRef: input.reference,
      applicationId: input.applicationId,
      faceData: input.faceData,
      userId: input.userId,
      script:
        url === undefined && !input.verbs
          ? undefined
          : {
              face: caller.face,
              page: url === undefined ? null : { url, method: input.method ?? 'POST' },
              fallback: fallbackUrl === undefined ? null : { url: fallbackUrl, method: input.fallbackMethod ?? 'POST' },
              ...(verbs.length > 0 && { verbs }),
              ...(input.memory && { memory: input.memory }),
            },
    })
    const placed: Placed = await means.write(createCall, { row: admitted.row, actor: actorOf(caller) })
    if (placed.row && !means.replayed()) calls.ring(admitted)
    return shown(means, placed)
  },
  shown,
})
