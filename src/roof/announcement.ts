// What a person wants to see once the platform is ready: where it is, and on a first start how to try it.

import { registrarOf, type Listens } from '#api/first-page.ts'
import { version } from '#values/version.ts'
import { credentialsPath, firstKey } from './first-credentials.ts'

export function announcement(baseUrl: string, urls: readonly string[], { sip, smpp }: Listens, dataDir: string): string[] {
  const ready = [
    `Offhook ${version} is ready at ${baseUrl}`,
    ...urls.filter((url) => url !== baseUrl).map((url) => `It listens at ${url} too`),
    ...sip.map((one) => `Phones register at ${registrarOf(one)}`),
    ...smpp.map((one) => `SMPP binds at ${one}`),
  ]
  const key = firstKey(dataDir)
  if (key === undefined) return ready
  return [
    ...ready,
    `Credentials: ${credentialsPath(dataDir)}`,
    `Try it:  curl -H 'Authorization: Bearer ${key}' ${baseUrl}/v1/whoami`,
    `A call:  ${baseUrl}/ shows how a softphone is registered and called`,
  ]
}
