// Makes dist/ for a package: JavaScript and types from src/, and beside them whatever a program there reads.
// The compiler leaves `#room/x.ts` alone; in a package it must be `#room/x.js`.

import { spawnSync } from 'node:child_process'
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, 'dist')

rmSync(out, { recursive: true, force: true })
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

for (const path of globSync('**/*.{js,d.ts}', { cwd: out })) {
  const text = readFileSync(join(out, path), 'utf8')
  let rewritten = text.replaceAll(/(['"])(#[^'"\n]+)\.ts\1/g, '$1$2.js$1')
  // In types the compiler leaves relative names alone as well.
  if (path.endsWith('.d.ts')) rewritten = rewritten.replaceAll(/(['"])(\.[^'"\n]+)\.ts\1/g, '$1$2.js$1')
  if (rewritten !== text) writeFileSync(join(out, path), rewritten)
}
for (const path of globSync('**/*.{json,html,css,svg,xsd,sql}', { cwd: join(root, 'src') })) {
  cpSync(join(root, 'src', path), join(out, path))
}
