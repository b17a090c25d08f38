// The transports by their names, as they stand in URIs and settings.

import type { TransportName } from './stack-parts.ts'

export const isTransport = (name: string): name is TransportName => ['udp', 'tcp', 'tls', 'ws', 'wss'].includes(name)

/** RFC 7118: what browsers speak. */
export const isWebSocket = (name: string | undefined): name is 'ws' | 'wss' => name === 'ws' || name === 'wss'
