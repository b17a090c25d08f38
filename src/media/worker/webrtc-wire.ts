// What a browser speaks: ICE, DTLS and SRTP on one port (RFC 8834, 5763, 7983). ICE is ice-lite.ts; DTLS is werift's, over our socket; SRTP is that
// of the other wires, under the keys that DTLS gives (RFC 5764). Both ways of DTLS: server where they begin, client where they wait.

import type { RemoteInfo, Socket } from 'node:dgram'
import {
  CipherContext,
  DtlsClient,
  DtlsServer,
  HashAlgorithm,
  NamedCurveAlgorithm,
  ProtectionProfileAes128CmHmacSha1_80,
  SignatureAlgorithm,
  fingerprint,
  normalizeFingerprintValue,
  type DtlsSocket,
  type Transport,
} from 'werift'
import { X509Certificate } from 'node:crypto'
import { kindOfDatagram } from '#protocols/rtp/rtp-packet.ts'
import { SrtpSession } from '#protocols/rtp/srtp.ts'
import type { Clock, Timer } from '#values/clock.ts'
import type { OpenStream } from '../contract.ts'
import type { AgreedMedia } from '#protocols/sdp/agreed-media.ts'
import { IceLite } from './ice-lite.ts'
import { takeSendBuffer, type SendBuffer } from './send-buffers.ts'
import { bindUdp } from './udp-wire.ts'
import type { Wire, WireNews } from './wire.ts'

/** Without a check of theirs for so long they are gone (RFC 7675 5.1). */
const consentMs = 30_000
/** From the agreement to keys. */
const handshakeMs = 15_000
/** What ends a call in its signalling may come a longer way than the end of the keys, and says more. */
const farewellMs = 2_000
/** Sources whose checks knew the password: more than that no browser has ways. */
const waysAtMost = 32
const suite = 'AES_CM_128_HMAC_SHA1_80'
const keyBytes = 16
const saltBytes = 14

type Certificate = Awaited<ReturnType<typeof CipherContext.createSelfSignedCertificateWithKey>>

/** One for each worker, made anew at its start. */
let certificate: Promise<Certificate> | undefined

function makeCertificate(): Promise<Certificate> {
  return CipherContext.createSelfSignedCertificateWithKey(
    { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
    NamedCurveAlgorithm.secp256r1_23,
  )
}

/** One port for all. Rejects with PortTaken when it is not to be had. */
export async function openWebrtcWire(wish: OpenStream, port: number, clock: Clock, news: WireNews): Promise<Wire> {
  const socket = await bindUdp(wish.bindHost, port)
  certificate ??= makeCertificate()
  return new WebrtcWire(socket, await certificate, wish, port, clock, news)
}

class WebrtcWire implements Wire {
  readonly local: Wire['local']
  readonly #socket: Socket
  readonly #certificate: Certificate
  readonly #clock: Clock
  readonly #news: WireNews
  readonly #ice: IceLite
  /** Where they want to be sent to. */
  #way: { readonly host: string; readonly port: number } | undefined
  /** Who may speak DTLS here: ICE has let them in. */
  readonly #ways = new Set<string>()
  #isNominated = false
  #checkedMs = 0
  #watch: Timer | undefined
  #media: AgreedMedia | undefined
  #dtls: DtlsSocket | undefined
  /** The first records may come before the answer has. */
  #early: Buffer[] = []
  #protect: SrtpSession | undefined
  #unprotect: SrtpSession | undefined
  #startedMs = 0
  #closed = false

  constructor(socket: Socket, own: Certificate, wish: OpenStream, port: number, clock: Clock, news: WireNews) {
    this.#socket = socket
    this.#certificate = own
    this.#clock = clock
    this.#news = news
    const { ufrag, password, candidates } = (this.#ice = new IceLite(wish.advertisedHost, port))
    const print = `sha-256 ${new X509Certificate(own.certPem).fingerprint256}`
    this.local = {
      host: wish.advertisedHost,
      port,
      ice: { ufrag, password, candidates },
      dtls: { fingerprint: print, setup: 'actpass' },
    }
    socket.on('message', (datagram, from) => this.#take(datagram, from))
  }

  get source(): Wire['source'] {
    return this.#way
  }

  connect(media: AgreedMedia): void {
    const first = this.#media === undefined
    this.#media = media
    if (!first) return
    this.#startedMs = this.#clock.elapsedMs()
    this.#checkedMs = this.#startedMs
    this.#watch = this.#clock.every(1_000, () => this.#watchConsent())
    // RFC 5763 5: who is `passive` waits for us.
    if (media.dtls?.setup !== 'passive') this.#startDtls(false)
    else if (this.#way) this.#startDtls(true)
  }

  #watchConsent(): void {
    const now = this.#clock.elapsedMs()
    if (!this.#protect && now - this.#startedMs > handshakeMs) this.#fail('no keys in time')
    else if (now - this.#checkedMs > consentMs) this.#leave()
  }

  #fail(detail: string): void {
    if (this.#closed) return
    this.#watch?.cancel()
    this.#news.failed(detail)
  }

  #leave(): void {
    if (this.#closed) return
    this.#watch?.cancel()
    this.#news.left()
  }

  #closedByThem(): void {
    if (this.#closed) return
    if (!this.#protect) return this.#fail('closed by the other side before there were keys')
    this.#watch?.cancel()
    this.#watch = this.#clock.after(farewellMs, () => this.#leave())
  }

  #take(datagram: Buffer, from: RemoteInfo): void {
    const kind = kindOfDatagram(datagram, datagram.length)
    if (kind === 'stun') this.#check(datagram, from)
    else if (kind === 'dtls') {
      if (this.#ways.has(wayOf(from))) this.#record(datagram)
    } else if (kind === 'rtp') {
      const bytes = this.#unprotect ? this.#unprotect.unprotect(datagram, datagram.length) : -1
      if (bytes >= 0) this.#news.rtp(datagram, bytes)
    } else if (kind === 'rtcp') {
      const bytes = this.#unprotect ? this.#unprotect.unprotectRtcp(datagram, datagram.length) : -1
      if (bytes >= 0) this.#news.rtcp(datagram, bytes)
    }
  }

  #check(datagram: Buffer, from: RemoteInfo): void {
    // A forged source may name port 0, to which nothing can be sent.
    const check = from.port === 0 ? undefined : this.#ice.answer(datagram, from.address, from.port)
    if (!check) return
    this.#socket.send(check.answer, from.port, from.address)
    if (!check.isGood) return
    if (this.#ways.size < waysAtMost) this.#ways.add(wayOf(from))
    this.#checkedMs = this.#clock.elapsedMs()
    if (check.nominates || !this.#isNominated) this.#way = { host: from.address, port: from.port }
    this.#isNominated ||= check.nominates
    if (!this.#dtls && this.#media?.dtls?.setup === 'passive') this.#startDtls(true)
  }

  #record(datagram: Buffer): void {
    if (!this.#dtls) {
      if (this.#early.length < 8) this.#early.push(datagram)
      return
    }
    if (this.#protect && hasPlainAlert(datagram)) return
    const { socket } = this.#dtls.transport
    try {
      socket.onData(datagram, ['', 0])
    } catch {
      // What is no DTLS is dropped.
    }
  }

  #startDtls(begins: boolean): void {
    const transport: Transport = {
      type: 'udp',
      address: { address: this.local.host, port: this.local.port, family: 'IPv4' },
      closed: false,
      onData: () => {},
      send: (data) => this.#sendRecord(data),
      close: () => Promise.resolve(),
    }
    const { certPem, keyPem, signatureHash } = this.#certificate
    const options = {
      transport,
      cert: certPem,
      key: keyPem,
      signatureHash,
      srtpProfiles: [ProtectionProfileAes128CmHmacSha1_80],
      extendedMasterSecret: true,
    }
    const dtls = begins ? new DtlsClient(options) : new DtlsServer({ ...options, certificateRequest: true })
    this.#dtls = dtls
    dtls.onConnect.once(() => this.#keyed(dtls))
    dtls.onError.once((error: Error) => this.#fail(error.message))
    dtls.onClose.once(() => this.#closedByThem())
    if (dtls instanceof DtlsClient) dtls.connect().catch((error: unknown) => this.#fail(String(error)))
    const early = this.#early
    this.#early = []
    for (const datagram of early) this.#record(datagram)
  }

  #sendRecord(data: Buffer): Promise<void> {
    const way = this.#way
    if (!way || this.#closed) return Promise.resolve()
    return new Promise((sent) => this.#socket.send(data, way.port, way.host, () => sent()))
  }

  #keyed(dtls: DtlsSocket): void {
    if (!this.#isWhoTheySaid(dtls)) return this.#fail('the certificate is not the one in their SDP')
    const { localKey, localSalt, remoteKey, remoteSalt } = dtls.extractSessionKeys(keyBytes, saltBytes)
    const session = (key: Buffer, salt: Buffer): SrtpSession =>
      new SrtpSession({ suite, key: Buffer.concat([key, salt]).toString('base64') })
    this.#protect = session(localKey, localSalt)
    this.#unprotect = session(remoteKey, remoteSalt)
    this.#news.connected()
  }

  /** RFC 8122 5: without this the other side of the keys could be anybody. */
  #isWhoTheySaid(dtls: DtlsSocket): boolean {
    const [algorithm = '', said = ''] = this.#media?.dtls?.fingerprint.split(' ') ?? []
    const theirs = dtls.remoteCertificate
    if (!theirs || !/^sha-(?:256|384|512)$/i.test(algorithm)) return false
    return normalizeFingerprintValue(fingerprint(theirs, algorithm.toLowerCase())) === normalizeFingerprintValue(said)
  }

  sendRtp(buffer: SendBuffer, bytes: number): void {
    const way = this.#way
    const length = way && this.#protect ? this.#protect.protect(buffer.bytes, bytes) : -1
    if (length < 0) return buffer.sent()
    this.#socket.send(buffer.bytes, 0, length, way!.port, way!.host, buffer.sent)
  }

  sendRtcp(packet: Uint8Array): void {
    const way = this.#way
    if (!way || !this.#protect) return
    const buffer = takeSendBuffer()
    buffer.bytes.set(packet)
    const length = this.#protect.protectRtcp(buffer.bytes, packet.length)
    this.#socket.send(buffer.bytes, 0, length, way.port, way.host, buffer.sent)
  }

  close(): Promise<void> {
    this.#closed = true
    this.#watch?.cancel()
    return new Promise((resolve) => void this.#socket.close(() => resolve()))
  }
}

const wayOf = ({ address, port }: RemoteInfo): string => `${address} ${port}`

/** Once there are keys, what is said without them is said by anybody (RFC 6347 4.1: type, version, epoch, sequence number, length). */
function hasPlainAlert(datagram: Buffer): boolean {
  const alert = 21
  for (let at = 0; at + 13 <= datagram.length; at += 13 + datagram.readUInt16BE(at + 11))
    if (datagram[at] === alert && datagram.readUInt16BE(at + 3) === 0) return true
  return false
}
