// The core and the faces in front of it, put together: who asks, through which door, with what to prove it. Part of the
// roof, like main.ts: it knows every room above the ground.

import { nativeKeyForm, type CredentialForms } from '#accounts/credential-form.ts'
import { Identity } from '#accounts/identity.ts'
import { Lockouts } from '#accounts/lockouts.ts'
import type { AskPolicy } from '#accounts/policy-hook.ts'
import { Rates } from '#accounts/rates.ts'
import type { SignInParts } from '#accounts/sign-in.ts'
import { Tokens } from '#accounts/tokens.ts'
import { mediaFilesMount } from '#api/media-files.ts'
import { nativeFace } from '#api/native-face.ts'
import { NativeIds } from '#api/native-ids.ts'
import { openApi } from '#api/openapi.ts'
import { sessionRoutes } from '#api/sessions.ts'
import { recordingFilesMount } from '#api/recording-files.ts'
import type { Listens } from '#api/first-page.ts'
import { siteMount } from '#api/site.ts'
import { findGateway } from '#carriers/mms-http/find-gateway.ts'
import type { MmsHttpKind } from '#carriers/mms-http/mms-http.ts'
import { mmsMount } from '#carriers/mms-http/mms-mount.ts'
import { esmeForm } from '#esme-door/esme-form.ts'
import { reasonsMount } from '#explain/mount.ts'
import type { Carriers } from '#messaging/carriers.ts'
import type { Handsets } from '#messaging/handsets.ts'
import type { Router } from '#numbers/router.ts'
import type { HandsetCalls } from '#voice/handset-calls.ts'
import type { Messaging } from '#messaging/messaging.ts'
import type { Dialect, FaceParts, FaceSettings } from '#operations/face-parts.ts'
import { MediaUrls } from '#messaging/media-urls.ts'
import type { CarrierNews } from '#messaging/sms-carrier.ts'
import { openFace, type KnockParts } from '#operations/knock.ts'
import type { TrunksSeen, VoiceSeen } from '#operations/operation.ts'
import type { OtherNodes } from '#operations/other-nodes.ts'
import { openDoor } from '#operations/run.ts'
import type { Mount } from '#protocols/http/http-server.ts'
import type { FetchGuarded } from '#protocols/http/outgoing.ts'
import type { Store } from '#store/store.ts'
import type { Clock } from '#values/clock.ts'
import type { NextId } from '#values/ids.ts'
import type { Key } from '#values/secrets.ts'
import type { ScriptForm } from '#voice/script-form.ts'
import type { TargetsOf, WebhookForm } from '#webhooks/webhook-form.ts'
import type { Webhooks } from '#webhooks/webhooks.ts'
import { dialects } from './dialects.ts'
import { writeFirstCredentials } from './first-credentials.ts'
import { version } from '#values/version.ts'

export interface FacesParts {
  readonly store: Store
  readonly clock: Clock
  readonly key: Key
  readonly diskNearlyFull: () => boolean
  /** Whether the operator has named a mail server. */
  readonly canSendEmail: () => boolean
  /** Whose gateways speak to us; absent where there are no carriers. */
  readonly mmsHttp?: { readonly kind: MmsHttpKind; readonly news: CarrierNews }
  /** Where clients reach us; known once the server listens. */
  readonly publicUrl: () => string
  readonly helpLinks: () => string | undefined
  readonly sip?: NonNullable<FaceSettings['sip']>
  readonly options: (face: string) => Readonly<Record<string, string | number | boolean>>
  /** Where the credentials of a first start stand, while they are in force. */
  readonly credentialsFile: () => string | undefined
  /** Where phones register and programs bind; nowhere unless told. */
  readonly listens?: (() => Listens) | undefined
  readonly nextId: NextId
  readonly messaging: Messaging
  readonly carriers: Carriers
  readonly trunks?: TrunksSeen | undefined
  readonly router: Router
  readonly voice: VoiceSeen
  readonly handsets: Handsets
  readonly handsetCalls: HandsetCalls
  readonly fetch: FetchGuarded
  /** Nobody is asked unless told. */
  readonly askPolicy?: AskPolicy | undefined
  readonly webhooks: Webhooks
  /** Where nodes share the store. */
  readonly otherNodes?: OtherNodes | undefined
  /** Keeps and journals refusals and faults. */
  readonly tell: KnockParts
}

export interface Faces {
  readonly mounts: readonly Mount[]
  /** For a first start, once the server listens: true when credentials were made. */
  writeCredentials(dataDir: string): Promise<boolean>
  readonly parts: FaceParts
  /** What scripts of calls are, by dialect. */
  readonly scriptForms: readonly ScriptForm[]
  /** How the dialects tell webhooks, and whom besides. */
  readonly telling: { readonly forms: readonly WebhookForm[]; readonly targetsOf: readonly TargetsOf[] }
}

export function buildFaces({
  store,
  clock,
  key,
  diskNearlyFull,
  canSendEmail,
  mmsHttp,
  publicUrl,
  helpLinks,
  options,
  sip,
  credentialsFile,
  listens,
  nextId,
  messaging,
  carriers,
  trunks,
  router,
  voice,
  handsets,
  handsetCalls,
  fetch,
  askPolicy,
  webhooks,
  otherNodes,
  tell,
}: FacesParts): Faces {
  const lockouts = new Lockouts(store, clock)
  const identity = new Identity(store, clock, lockouts)
  const tokens = new Tokens(store, clock, nextId)
  const forms: CredentialForms = new Map(
    [nativeKeyForm, esmeForm, ...Object.values(dialects).map((dialect) => dialect.form)].map((form) => [form.face, form]),
  )
  const run = openDoor({
    store,
    messaging,
    carriers,
    trunks,
    router,
    voice,
    handsets,
    handsetCalls,
    fetch,
    askPolicy,
    webhooks,
    credentialForms: forms,
    nextId,
    clock,
    key,
    diskNearlyFull,
    canSendEmail,
    otherNodes,
  })
  otherNodes?.start(run)
  const settingsOf = (face: string): FaceSettings => ({ publicUrl, helpLinks, ...(sip && { sip }), options: () => options(face) })
  const rates = new Rates(store, clock)
  const partsOf = (face: string): FaceParts => ({
    run,
    identity,
    tokens,
    rates,
    lockouts,
    store,
    key,
    clock,
    nextId,
    fetch,
    settings: settingsOf(face),
  })
  const signInParts: SignInParts = { store, identity, lockouts, tokens, clock, key }
  const parts = partsOf('api')
  const named: [string, Dialect][] = Object.entries(dialects)
  const faces = [
    openFace(nativeFace(parts, signInParts), tell),
    ...named.map(([name, dialect]) => openFace(dialect.open(partsOf(name)), tell)),
  ]
  const site = siteMount({
    version,
    publicUrl,
    openApi: () => openApi(version, sessionRoutes(parts, signInParts, new NativeIds(key))),
    credentialsFile,
    listens: listens ?? (() => ({ sip: [], smpp: [] })),
    doors: faces.map(({ name, prefixes }) => ({ name, prefix: prefixes[0]! })),
    tell,
  })
  const media = mediaFilesMount({ read: store, urls: new MediaUrls(key, clock, publicUrl), refused: site.refused })
  const sounds = recordingFilesMount({ read: store, recordings: voice.recordings, refused: site.refused })
  const gateways = mmsHttp ? [mmsMount({ ...mmsHttp, find: findGateway(store, key), clock, refused: site.refused })] : []
  return {
    mounts: [...faces, media, sounds, ...gateways, reasonsMount(site), site],
    writeCredentials: (dataDir) => writeFirstCredentials(parts, partsOf, dialects, dataDir, publicUrl()),
    scriptForms: named.flatMap(([name, dialect]) => dialect.scriptForm?.(partsOf(name)) ?? []),
    parts,
    telling: {
      forms: named.flatMap(
        ([name, dialect]) => dialect.webhookForm?.({ ...partsOf(name), told: (refusal) => tell.told(refusal) }) ?? [],
      ),
      targetsOf: named.flatMap(([name, dialect]) => dialect.webhookTargets?.(partsOf(name)) ?? []),
    },
  }
}
