// An address that cannot be listened at, told with the setting that named it and what may be done.

import { ConfigFault } from '#config/config.ts'

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Something else listens there: stop it, or set',
  EACCES: 'Ports below 1024 need a capability (deploy/offhook.service gives it), or set',
  EADDRNOTAVAIL: 'This machine has no such address: set',
}

/** Other faults as they are. */
export function addressFault(setting: 'OFFHOOK_SIP' | 'OFFHOOK_NODE_SIP' | 'OFFHOOK_SMPP', cause: unknown): unknown {
  const { code = '', message } = cause as NodeJS.ErrnoException
  const remedy = remedies[code]
  return remedy === undefined ? cause : new ConfigFault([`${message}. ${remedy} ${setting} to another one.`])
}
