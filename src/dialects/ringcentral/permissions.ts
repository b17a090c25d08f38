// The vendor's permission names and what of ours stands behind each (reference section 4). Two layers: what an application
// was granted, shown as the token's scope, and what its user's role allows.

import type { Caller, CallerApp } from '#accounts/caller.ts'
import type { Permission } from '#accounts/permissions.ts'

const reading: readonly Permission[] = ['accounts.read', 'users.read', 'numbers.read']
const readingMessages: readonly Permission[] = ['messages.read', 'media.read']
const writingMessages: readonly Permission[] = [...readingMessages, 'messages.write']

const readingCalls: readonly Permission[] = ['calls.read']

/** An application has one when it has all of ours behind it. */
export const applicationPermissions = {
  ReadAccounts: reading,
  EditExtensions: ['users.write'],
  EditAccounts: [...reading, 'users.write', 'accounts.write', 'numbers.write'],
  ReadMessages: readingMessages,
  EditMessages: writingMessages,
  SMS: writingMessages,
  // Extensions are named by their numbers there.
  InternalMessages: [...writingMessages, 'users.read'],
  ReadCallLog: readingCalls,
  EditCallLog: [...readingCalls, 'calls.write'],
  ReadCallRecording: [...readingCalls, 'recordings.read'],
  RingOut: [...readingCalls, 'calls.write'],
  CallControl: [...readingCalls, 'calls.write'],
  VoipCalling: ['clients.read', 'clients.write'],
  ReadPresence: [...readingCalls, 'users.read'],
  EditPresence: [...readingCalls, 'users.read', 'users.write'],
  SubscriptionWebhook: ['webhooks.read', 'webhooks.write'],
} as const satisfies Record<string, readonly Permission[]>

export type ApplicationPermission = keyof typeof applicationPermissions

export const userPermissions = {
  ReadCompanyInfo: 'accounts.read',
  ReadExtensions: 'users.read',
  ReadExtensionGrant: 'users.read',
  EditUserInfo: 'users.write',
  AddRemoveUsers: 'users.write',
  ReadUserPhoneNumbers: 'numbers.read',
  ReadCompanyPhoneNumbers: 'numbers.read',
  ReadUserForwardingFlipNumbers: 'numbers.read',
  ReadMessages: 'messages.read',
  ReadMessageContent: 'media.read',
  EditMessages: 'messages.write',
  OutboundSMS: 'messages.write',
  InternalSMS: 'messages.write',
  ReadCallLog: 'calls.read',
  EditCallLog: 'calls.write',
  // Everybody's calls are for whoever looks after the people.
  ReadCompanyCallLog: 'users.write',
  ReadCallRecording: 'recordings.read',
  ReadUserDevices: 'clients.read',
  ReadPresenceStatus: 'users.read',
  EditPresenceSettings: 'calls.read',
} as const satisfies Record<string, Permission>

export type UserPermission = keyof typeof userPermissions

export const applicationMay = (app: CallerApp, name: ApplicationPermission): boolean =>
  applicationPermissions[name].every((permission) => app.permissions.has(permission))

export const userMay = (caller: Caller, name: UserPermission): boolean => caller.permissions.has(userPermissions[name])

/** The names granted to an application, joined by spaces as a token's scope. */
export const scopeOf = (app: CallerApp): string =>
  (Object.keys(applicationPermissions) as ApplicationPermission[]).filter((name) => applicationMay(app, name)).join(' ')

/** What a permission of ours is called here, for a refusal that an operation gave. */
export function nameOfPermission(permission: string, kind: string): string {
  if (kind === 'application') {
    const found = Object.entries(applicationPermissions).find(([, behind]) => (behind as readonly string[]).includes(permission))
    return found?.[0] ?? permission
  }
  return Object.entries(userPermissions).find(([, behind]) => behind === permission)?.[0] ?? permission
}
