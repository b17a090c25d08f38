// Where a thread's program is: beside the file that starts it, TypeScript in a checkout, JavaScript in a package.

import { extname } from 'node:path'

export function threadFile(from: string, name: string): URL {
  return new URL(`./${name}${extname(new URL(from).pathname)}`, from)
}
