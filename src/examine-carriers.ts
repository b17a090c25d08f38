// The doctor's look at SMPP: whether the door's addresses can be had, and how the carriers of the running platform stand.

import { createServer } from 'node:net'
import { askPlatform } from './ask-platform.ts'
import { ConfigFault, type Config, type Environment } from './config.ts'
import type { Finding } from './doctor.ts'

interface CarrierLine {
  readonly name: string
  readonly enabled: boolean
  readonly status: LineState | null
  /** Of those that calls go over. */
  readonly trunk?: LineState | null
}

interface LineState {
  readonly state: string
  readonly lastError: { readonly text: string } | null
}

/** Of a platform that does not run. */
export async function* examineSmppAddresses({ smpp, smppIsUsual }: Config): AsyncGenerator<Finding> {
  for (const { host, port } of smpp) {
    const what = `SMPP ${host}:${port}`
    const cause = await new Promise<Error | undefined>((resolve) => {
      const server = createServer()
      server.once('error', resolve)
      server.listen({ host, port }, () => server.close(() => resolve(undefined)))
    })
    if (cause === undefined) yield { what, fine: true, says: 'free' }
    else {
      const remedy = smppIsUsual
        ? 'The platform starts without; set OFFHOOK_SMPP to another address, or off.'
        : 'Something else listens there, or the address is not ours: set OFFHOOK_SMPP.'
      yield { what, fine: smppIsUsual, says: cause.message, remedy }
    }
  }
}

/** Of one that runs: asked with the operator's key, if one is known. */
export async function* examineCarriers(environment?: Environment): AsyncGenerator<Finding> {
  let carriers: readonly CarrierLine[]
  try {
    const asking = await askPlatform(environment)
    carriers = (await asking.ask<{ items: CarrierLine[] }>('GET', '/carriers?limit=1000')).items
  } catch (cause) {
    if (!(cause instanceof ConfigFault)) throw cause
    yield { what: 'carriers', fine: true, says: 'not looked at', remedy: cause.faults.join(' ') }
    return
  }
  for (const { name, enabled, ...carrier } of carriers) {
    const what = `carrier ${name}`
    const status = carrier.status ?? carrier.trunk
    if (!enabled) yield { what, fine: true, says: 'switched off' }
    else if (!status) yield { what, fine: true, says: 'held by another node, or not open here yet' }
    else if (status.state === 'up') yield { what, fine: true, says: 'up' }
    else {
      yield {
        what,
        fine: false,
        says: `${status.state}: ${status.lastError?.text ?? 'not bound yet'}`,
        remedy: `See: offhook carrier show ${name}`,
      }
    }
  }
  if (carriers.length === 0) yield { what: 'carriers', fine: true, says: 'none', remedy: 'offhook carrier add <name> smpp://...' }
}
