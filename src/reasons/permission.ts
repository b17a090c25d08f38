// The reasons whose slug begins with `permission`. Data only; what each field means stands in reason.ts.

import type { Reason } from './reason.ts'

export const permissionReasons = {
  'permission.denied': {
    fault: 'caller',
    retry: 'after-change',
    class: 'PERMISSION_DENIED',
    http: 403,
    sip: 403,
    q850: 21,
    smpp: 0x00000101,
    title: 'Caller has no permission',
    detail: 'The caller has no permission for this[: {permission}].',
    remedy: 'Use credentials that have the permission, or have it granted.',
    params: { permission: 'text?' },
  },
  'permission.other_extension': {
    fault: 'caller',
    retry: 'after-change',
    class: 'PERMISSION_DENIED',
    http: 403,
    sip: 403,
    q850: 21,
    smpp: 0x00000101,
    title: 'Extension belongs to somebody else',
    detail: 'The extension[ {extension}] belongs to somebody else.',
    remedy: 'Work on the own extension, or as an administrator.',
    params: { extension: 'text?' },
  },
  'permission.missing': {
    fault: 'caller',
    retry: 'after-change',
    class: 'PERMISSION_DENIED',
    http: 403,
    sip: null,
    q850: null,
    smpp: 0x00000101,
    title: 'A particular permission is required',
    detail: 'The permission {permission} is required and missing.',
    remedy: 'Have the permission granted.',
    params: { permission: 'text', kind: 'text?' },
  },
} as const satisfies Record<string, Reason>
