// What a caller may do. Each face maps these to its own words; a role is a set of them.

export const permissions = [
  'accounts.read',
  'accounts.write',
  'users.read',
  'users.write',
  'keys.read',
  'keys.write',
  'applications.read',
  'applications.write',
  'clients.read',
  'clients.write',
  'numbers.read',
  'numbers.write',
  'contacts.read',
  'contacts.write',
  'messages.read',
  'messages.write',
  'media.read',
  'media.write',
  'calls.read',
  'calls.write',
  'conferences.read',
  'conferences.write',
  'recordings.read',
  'recordings.write',
  'emails.read',
  'emails.write',
  'credit.read',
  'credit.write',
  'webhooks.read',
  'webhooks.write',
  'privacy.export',
  'privacy.erase',
  'audit.read',
  'refusals.read',
  'operator',
] as const

export type Permission = (typeof permissions)[number]

/** A people administrator looks after users and nothing else; a member may log in and, by the role alone, do nothing. */
export const roles = ['administrator', 'developer', 'auditor', 'people_administrator', 'member'] as const
export type Role = (typeof roles)[number]

const ordinary = permissions.filter((permission) => permission !== 'operator')

const rolePermissions: Record<Role, readonly Permission[]> = {
  administrator: ordinary,
  developer: ordinary.filter(
    (permission) => !['accounts.write', 'users.write', 'credit.write', 'privacy.erase', 'audit.read'].includes(permission),
  ),
  auditor: ordinary.filter((permission) => permission.endsWith('.read')),
  people_administrator: ['users.read', 'users.write'],
  member: [],
}

/** `operator` comes with being an administrator of the root account, with no role of its own. */
export function permissionsOf(role: Role, isRoot: boolean): ReadonlySet<Permission> {
  const granted = new Set(rolePermissions[role])
  if (isRoot && role === 'administrator') granted.add('operator')
  return granted
}

export function isPermission(text: string): text is Permission {
  return (permissions as readonly string[]).includes(text)
}
