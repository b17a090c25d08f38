// Programs of others that tests start. `.ci/run` installs them: without one a test fails and says what to install, as one that is left out would
// prove nothing without anybody noticing.

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Throws unless the program is there. `debianPackage`: what brings it. */
export function needs(program: string, debianPackage: string): void {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  if (folders.some((folder) => existsSync(join(folder, program)))) return
  throw new Error(`${program} is missing: apt-get install ${debianPackage} (.ci/run does)`)
}
