// What a PDU is in this program: plain data, flat, under the specification's own field names. Made from pdu-table.ts, so the two cannot drift.

import type { CommandName, DestinationAddress, FieldKind, UnsuccessfulDestination } from './pdu-table.ts'
import { pduTable } from './pdu-table.ts'
import type { Tlvs } from './tlv-table.ts'

type Value<K extends FieldKind> = K extends 'int8'
  ? number
  : K extends 'cstring'
    ? string
    : K extends 'octets'
      ? Uint8Array
      : K extends 'destinations'
        ? readonly DestinationAddress[]
        : readonly UnsuccessfulDestination[]

export type FieldsOf<C extends CommandName> = {
  readonly [F in (typeof pduTable)[C]['fields'][number] as F[0]]: Value<F[1]>
}

interface Head<C extends CommandName> {
  readonly command: C
  /** command_status; 0 in requests. */
  readonly status: number
  /** sequence_number. */
  readonly sequence: number
  readonly tlvs: Tlvs
}

/**
 * A PDU as it was read. Octets are views into the buffer it was read from: who keeps them for long copies them,
 * or keeps a whole read of the socket alive.
 */
export type PduOf<C extends CommandName> = C extends CommandName ? Head<C> & FieldsOf<C> : never
export type Pdu = PduOf<CommandName>

/** A PDU to be written. A number left out is 0, text empty, a list empty. The session gives sequence numbers. */
export type PduDraftOf<C extends CommandName> = C extends CommandName
  ? { readonly command: C } & Partial<Omit<Head<C>, 'command'>> & {
        readonly [F in keyof FieldsOf<C>]?: FieldsOf<C>[F] | undefined
      }
  : never
export type PduDraft = PduDraftOf<CommandName>

type Responses = Extract<CommandName, `${string}_resp` | 'generic_nack'>
export type ResponseName = Responses
export type RequestName = Exclude<CommandName, Responses>
export type RequestPdu = PduOf<RequestName>
export type ResponsePdu = PduOf<ResponseName>

/** Requests that have no response. */
export type NoticeName = 'outbind' | 'alert_notification'
export type Notice = PduDraftOf<NoticeName>
export type QuestionName = Exclude<RequestName, NoticeName>
export type Question = PduDraftOf<QuestionName>

type Without<T> = T extends unknown ? Partial<Omit<T, 'command' | 'sequence'>> : never
type Merged<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never
/** What an answer says: its status and whichever fields its PDU has. */
export type ResponseBody = Merged<Without<ResponsePdu>>

/** Bytes between two frame borders that are no PDU. `answer` is the command_status that SMPP 3.4 4.3 and 5.1.3 want as the answer. */
export interface Malformed {
  readonly command: 'malformed'
  readonly commandId: number
  /** Known when the command is; then the answer is its own response, else generic_nack. */
  readonly of: CommandName | undefined
  readonly sequence: number
  readonly answer: number
  readonly detail: string
}

/** The response that belongs to a request; undefined for those that have none (outbind, alert_notification). */
export function responseName(request: RequestName): ResponseName | undefined {
  const name = `${request}_resp`
  return name in pduTable ? (name as ResponseName) : undefined
}

export function isResponse(command: CommandName): command is ResponseName {
  return pduTable[command].id >= 0x80000000
}
