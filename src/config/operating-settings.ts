// Settings of running it: what is logged, how it stops, whom it may reach, who is asked first, and the keys of the commands.

import { anyWebAddress, outgoing } from './allowed.ts'
import { anyText, choice, integer, list, optional, secret, type SettingTable, type ValuesOf } from './setting.ts'

export const operatingSettings = {
  OFFHOOK_LOG: {
    ...choice(['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'info'),
    about: 'What is logged: `trace`, `debug`, `info`, `warn`, `error` or `silent`.',
    usual: 'info',
    example: 'warn',
  },
  OFFHOOK_SHUTDOWN_MS: {
    ...integer(10_000, 0, 600_000),
    about: 'How long requests and calls under way may take at the end.',
    usual: '10000',
    example: '60000',
    unit: 'ms',
  },
  OFFHOOK_OUTGOING_ALLOW: {
    ...list(outgoing, []),
    about:
      'Private addresses, CIDR blocks and names (`*.internal` for all below) that webhooks, scripts and media may be at; all others of that kind are refused.',
    usual: '(none)',
    example: '127.0.0.1,10.1.0.0/16,*.internal',
  },
  OFFHOOK_POLICY_URL: {
    ...optional(anyWebAddress),
    about:
      'Is asked before each message, call, number and new account and may refuse it ([how](recipes/decide-who-may-send.md)).',
    usual: '(nobody is asked)',
    example: 'http://127.0.0.1:9000/decide',
  },
  OFFHOOK_POLICY_MS: {
    ...integer(3_000, 50, 30_000),
    about: 'How long it may think.',
    usual: '3000',
    example: '1000',
    unit: 'ms',
  },
  OFFHOOK_POLICY_FAILS: {
    ...choice(['closed', 'open'], 'closed'),
    about: 'Whether what it does not decide is refused or, with `open`, done.',
    usual: 'closed',
    example: 'open',
  },
  OFFHOOK_OPERATOR_KEY: {
    ...secret(anyText),
    about: 'A key of the operator’s, with which `offhook carrier` and `offhook route` ask the running platform.',
    usual: '(the first start’s, while it is in force)',
    example: 'a key as POST /v1/keys gave it',
  },
  OFFHOOK_API_KEY: {
    ...secret(anyText),
    about: 'The key with which `offhook listen` and `offhook trigger` ask.',
    usual: '(the first start’s, while it is in force)',
    example: 'a key as POST /v1/keys gave it',
  },
} satisfies SettingTable

export interface OperatingConfig {
  readonly logLevel: ValuesOf<typeof operatingSettings>['OFFHOOK_LOG']
  readonly shutdownMs: number
  /** Private addresses, blocks and names that webhooks and media may be at. */
  readonly outgoingAllow: readonly string[]
  /** The operator's decision point on messages, calls, numbers and accounts; undefined: nobody is asked. */
  readonly policyUrl: string | undefined
  /** How long it may think. */
  readonly policyMs: number
  /** Whether what it does not decide is done. */
  readonly policyFailsOpen: boolean
  /** With which the command line asks the running platform. */
  readonly operatorKey: string | undefined
  /** A key of our own API, for commands that act for one account. */
  readonly apiKey: string | undefined
}

export const operatingConfig = (set: ValuesOf<typeof operatingSettings>): OperatingConfig => ({
  logLevel: set.OFFHOOK_LOG,
  shutdownMs: set.OFFHOOK_SHUTDOWN_MS,
  outgoingAllow: set.OFFHOOK_OUTGOING_ALLOW,
  policyUrl: set.OFFHOOK_POLICY_URL,
  policyMs: set.OFFHOOK_POLICY_MS,
  policyFailsOpen: set.OFFHOOK_POLICY_FAILS === 'open',
  operatorKey: set.OFFHOOK_OPERATOR_KEY,
  apiKey: set.OFFHOOK_API_KEY,
})
