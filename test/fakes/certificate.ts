// A certificate that nobody vouches for, made by openssl for one test.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function makeCertificate(name: string): { key: string; cert: string } {
  const place = mkdtempSync(join(tmpdir(), 'offhook-certificate-'))
  try {
    const [key, cert] = [join(place, 'key.pem'), join(place, 'cert.pem')]
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    execFileSync(
      'openssl',
      [...made, '-keyout', key, '-out', cert, '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`],
      {
        stdio: 'ignore',
      },
    )
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}
