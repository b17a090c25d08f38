// What a scenario is: an outside client, carrier or phone that brings about the real condition of one code and sees it
// in the vendor's own envelope. Scenarios import nothing from src/; they assert status, headers and every field.

import type { SipPeer } from './sip-peer.ts'

export interface Ask {
  readonly method: string
  /** A path on the server under test, or a whole URL. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Text and bytes go as they are; URLSearchParams as a form; any other object as JSON (Content-Type set unless given). */
  readonly body?: string | Uint8Array | URLSearchParams | object
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body read as JSON, or undefined when it is not. */
  readonly json: any
}

/** Only in scenarios that asked for a server of their own: what an operator can do to it. */
export interface Operator {
  readonly dataDir: string
  /** Runs SQL on the server's own store, as somebody with access to its database would. */
  sql(text: string): Promise<void>
  /** PostgreSQL only: stops and starts the database under the running server. */
  stopDatabase(): Promise<void>
  startDatabase(): Promise<void>
  restart(env?: Readonly<Record<string, string>>): Promise<void>
}

export interface World {
  readonly baseUrl: string
  /** What the first start wrote for each face: `credentials.restcomm.accountSid` and so on. */
  readonly credentials: any
  /** Sends one request on a real socket. The last one is kept as the code's example unless `keep` chose another. */
  ask(ask: Ask): Promise<Answer>
  /** Bytes over a plain socket, for what no HTTP client would send; gives all that comes back until the peer closes. */
  raw(bytes: string | Uint8Array): Promise<Answer>
  keep(answer: Answer): void
  /** The native API as the sandbox account's administrator. */
  api(method: string, path: string, body?: object): Promise<Answer>
  /** The native API as the operator. */
  operatorApi(method: string, path: string, body?: object): Promise<Answer>
  readonly operator: Operator
  /** Where the server takes SIP over UDP. */
  readonly sip: { readonly host: string; readonly port: number }
  /** A phone or trunk of an outside party, at a port of its own or over one connection to the server; closed at the end. */
  phone(port?: number, transport?: 'udp' | 'tcp'): Promise<SipPeer>
  /** Keeps an exchange that was not HTTP, such as an INVITE and what it was answered. */
  keepText(request: string, response: string): void
}

export interface Scenario {
  readonly system: 'restcomm' | 'toku' | '8x8' | 'aculab' | 'ringcentral'
  readonly code: string
  /** What is done, for people: shown on the code's page as the way to provoke it. */
  readonly title: string
  /** A server of its own, when the scenario changes what others rely on. */
  readonly server?: {
    readonly engine?: 'sqlite' | 'postgres'
    readonly tls?: boolean
    readonly env?: Readonly<Record<string, string>>
  }
  run(world: World): Promise<void>
}
