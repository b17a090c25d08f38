// offhook lint: checks a script of a call without a call. Says each fault and warning with line and column, as compilers do.

import { readFile } from 'node:fs/promises'
import { dialects } from './dialects.ts'

export interface Linted {
  readonly lines: readonly string[]
  /** 0: good, warnings or not. 1: a call would fail. 2: it was not asked rightly. */
  readonly exitCode: 0 | 1 | 2
}

const usage = 'lint takes one file, or - for standard input, and perhaps --face <name>'

const checking = Object.entries(dialects).flatMap(([name, { lintScript }]) => (lintScript ? [[name, lintScript] as const] : []))

/** Markup is of the one face that has any; anything else must be said. */
export async function lintCommand(args: readonly string[], read: (file: string) => Promise<string> = textOf): Promise<Linted> {
  const at = args.indexOf('--face')
  const named = at < 0 ? undefined : args[at + 1]
  const [file, ...more] = at < 0 ? args : args.toSpliced(at, 2)
  if (file === undefined || more.length > 0) return { lines: [usage], exitCode: 2 }
  let text: string
  try {
    text = await read(file)
  } catch (error) {
    return { lines: [`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`], exitCode: 2 }
  }
  const face = named ?? (text.trimStart().startsWith('{') || text.trimStart().startsWith('[') ? undefined : checking[0]?.[0])
  const lint = checking.find(([name]) => name === face)?.[1]
  if (!lint) {
    return { lines: [`say whose script it is: --face ${checking.map(([name]) => name).join(' or ')}`], exitCode: 2 }
  }
  const notes = await lint(text)
  const lines = notes.map(({ kind, line = 1, column = 1, text: says, code }) => {
    return `${file}:${line}:${column}: ${kind}${code === undefined ? '' : ` ${code}`}: ${says}`
  })
  const faults = notes.filter(({ kind }) => kind === 'fault').length
  if (faults > 0) return { lines, exitCode: 1 }
  return { lines: [...lines, `${file}: good${notes.length > 0 ? `, ${notes.length} warnings` : ''}`], exitCode: 0 }
}

async function textOf(file: string): Promise<string> {
  if (file !== '-') return readFile(file, 'utf8')
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks).toString('utf8')
}
