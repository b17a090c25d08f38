// What a reason is: the one identity of every refusal and every end. Imports nothing.
// Slugs are never renamed or reused; codes, statuses, causes and words are renderings of them.

/** Who must act. `none` is for outcomes; an unknown cause is said to be unknown. */
export type Fault = 'caller' | 'recipient' | 'carrier' | 'application' | 'platform' | 'operator-policy' | 'none' | 'unknown'

/** Whether the same request may succeed: never, once something is changed, or later as it is. */
export type Retry = 'never' | 'after-change' | 'later'

/** The sixteen classes that fallbacks are written over (the status names of gRPC, plus OK). */
export type ReasonClass =
  | 'OK'
  | 'CANCELLED'
  | 'UNKNOWN'
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'OUT_OF_RANGE'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'DATA_LOSS'
  | 'UNAUTHENTICATED'

/** The type of one parameter: text, a whole number, or a list of texts; `?` marks one that may be absent. */
export type ParameterType = 'text' | 'integer' | 'list' | 'text?' | 'integer?' | 'list?'
export type ParameterTypes = Readonly<Record<string, ParameterType>>

type ValueOf<T extends ParameterType> = T extends 'text' | 'text?'
  ? string
  : T extends 'integer' | 'integer?'
    ? number
    : readonly string[]

/** The plain object of values that a reason with these parameter types takes. */
export type Values<P extends ParameterTypes> = {
  readonly [K in keyof P as P[K] extends `${string}?` ? never : K]: ValueOf<P[K]>
} & { readonly [K in keyof P as P[K] extends `${string}?` ? K : never]?: ValueOf<P[K]> | undefined }

export interface Reason<P extends ParameterTypes = ParameterTypes> {
  readonly fault: Fault
  readonly retry: Retry
  readonly class: ReasonClass
  /** HTTP status of our own API. */
  readonly http: number
  readonly sip: number | null
  /** Q.850 cause value. */
  readonly q850: number | null
  /** SMPP command_status. */
  readonly smpp: number | null
  readonly title: string
  /** One sentence for this occurrence; `{name}` stands for a parameter. */
  readonly detail: string
  readonly remedy: string
  readonly params: P
}
