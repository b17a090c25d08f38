// Holds what prose cannot: the walls between the rooms, names, sizes, dead files, and words that do not belong here.
// Each rule is a function from files to faults, and each is seen to fail on an example of its own.

import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

interface File {
  /** From the root, with slashes. */
  readonly path: string
  readonly text: string
}

type Rule = (files: readonly File[]) => string[]

const root = fileURLToPath(new URL('..', import.meta.url))

const isTest = (path: string): boolean => path.endsWith('.test.ts')
const isSource = ({ path }: File): boolean => path.startsWith('src/') && path.endsWith('.ts') && !isTest(path)
const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length

/** Without comments, so that a word in prose is no fault. Strings stay. */
function code(text: string): string {
  return text
    .replaceAll(/\/\*[^]*?\*\//g, (found) => found.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/(^|[\s;{}(,])\/\/[^\n]*/g, '$1')
}

/** Every line of source code outside `allowed` that `pattern` fits. */
function absent(files: readonly File[], pattern: RegExp, allowed: (path: string) => boolean, fault: string): string[] {
  return files.filter(isSource).flatMap(({ path, text }) => {
    if (allowed(path)) return []
    const plain = code(text)
    return [...plain.matchAll(new RegExp(pattern, `g${pattern.flags}`))].map(
      (found) => `${path}:${lineOf(plain, found.index)}: ${fault}`,
    )
  })
}

// The walls

const levels: Readonly<Record<string, number>> = {
  '': 8,
  commands: 7,
  roof: 6,
  config: 5,
  api: 4,
  dialects: 4,
  explain: 4,
  'esme-door': 4,
  phones: 4,
  carriers: 4,
  operations: 3,
  'sip-legs': 3,
  messaging: 2,
  email: 2,
  voice: 2,
  accounts: 1,
  numbers: 1,
  credit: 1,
  webhooks: 1,
  loops: 0,
  store: 0,
  protocols: 0,
  media: 0,
  journal: 0,
  values: 0,
  reasons: 0,
}

/** The folder under src; a dialect and a carrier is a room of its own. */
function roomOf(path: string): { room: string; level: number | undefined } {
  const [top = '', inner = '', ...rest] = path.replace(/^src\//, '').split('/')
  if (inner === '') return { room: '', level: levels[''] }
  const apart = (top === 'dialects' || top === 'carriers') && rest.length > 0
  return { room: apart ? `${top}/${inner}` : top, level: levels[top] }
}

interface Import {
  readonly specifier: string
  readonly line: number
  /** The file it names, from the root; undefined for a package. */
  readonly target: string | undefined
}

function importsOf({ path, text }: File): Import[] {
  const found = code(text).matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'([^']+)'/g)
  return [...found].map((one) => {
    const specifier = one[1] as string
    const target = specifier.startsWith('#')
      ? `src/${specifier.slice(1)}`
      : specifier.startsWith('.')
        ? normalize(join(dirname(path), specifier))
        : undefined
    return { specifier, line: lineOf(text, one.index), target }
  })
}

const importDirection: Rule = (files) =>
  files.filter(isSource).flatMap((file) => {
    const from = roomOf(file.path)
    if (from.level === undefined) return [`${file.path}: this room is not in the plan of the house`]
    return importsOf(file).flatMap(({ specifier, line, target }) => {
      const fault = (why: string): string[] => [`${file.path}:${line}: ${specifier}: ${why}`]
      if (target === undefined) return from.room === 'reasons' ? fault('reasons imports nothing outside itself') : []
      const to = roomOf(target)
      if (to.room === from.room) return specifier.startsWith('#') && from.room !== '' ? fault('inside a room it is ./') : []
      if (from.room === 'reasons') return fault('reasons imports nothing outside itself')
      if (specifier.startsWith('.') && from.room !== '') return fault('a wall is crossed with #room/')
      if (to.level === undefined) return fault('leads to a room that is not in the plan')
      if (from.room === 'explain' && /^src\/dialects\/[^/]+\/codes\.ts$/.test(target)) return []
      // What dialects share stands in dialects/ itself.
      if (from.room.startsWith('dialects/') && to.room === 'dialects') return []
      if (to.level > from.level!) return fault('imports go down')
      if (to.level < from.level! || to.level <= 1) return []
      return fault(from.level === 4 ? 'edges never import one another' : 'messaging and voice never import one another')
    })
  })

/** Types count: who reads one file of a circle must have read the others. A circle is told once, where it is closed. */
const noCircles: Rule = (files) => {
  const programs = files.filter(({ path }) => path.endsWith('.ts'))
  const targets = new Map(programs.map((file) => [file.path, importsOf(file).map(({ target }) => target)]))
  const done = new Set<string>()
  const way: string[] = []
  const faults: string[] = []
  const follow = (path: string): void => {
    const at = way.indexOf(path)
    if (at >= 0) faults.push(`${[...way.slice(at), path].join(' -> ')}: imports lead back to where they began`)
    if (at >= 0 || done.has(path)) return
    way.push(path)
    for (const target of targets.get(path) ?? []) if (target !== undefined) follow(target)
    way.pop()
    done.add(path)
  }
  for (const path of targets.keys()) follow(path)
  return faults
}

const vendors = ['restcomm', 'toku', '8x8', 'aculab', 'ringcentral']

const vendorNames: Rule = (files) =>
  absent(
    files,
    new RegExp(vendors.join('|'), 'i'),
    (path) => /^src\/(?:dialects|explain)\//.test(path) || path === 'src/roof/dialects.ts',
    'a vendor is named outside its dialect',
  )

const onlyStoreSpeaksSql: Rule = (files) =>
  absent(files, /'(?:kysely|pg|node:sqlite)'/, (path) => path.startsWith('src/store/'), 'only store/ speaks SQL')

const onlyConfigReadsEnvironment: Rule = (files) =>
  absent(files, /process\.env\b/, (path) => path.startsWith('src/config/'), 'only config/ reads the environment')

const onlyClockKnowsTime: Rule = (files) =>
  absent(
    files,
    /Date\.now\(|new Date\(\)|performance\.now\(|\b(?:setTimeout|setInterval)\(|'node:timers/,
    (path) => path === 'src/values/clock.ts',
    'only values/clock.ts knows the time and sets timers',
  )

// Names and sizes

const fileNames: Rule = (files) =>
  files
    .filter(({ path }) => /^(?:src|test|conformance|bench|scripts)\//.test(path) && path.endsWith('.ts'))
    .filter(({ path }) => !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test)?\.ts$/.test(path))
    .map(({ path }) => `${path}: names are kebab-case`)

const forbiddenNames: Rule = (files) =>
  files
    .filter(({ path }) => path.startsWith('src/'))
    .filter(({ path }) =>
      /(?:^|[/-])(?:utils?|helpers?|common|managers?|misc|handlers?)(?=[./-])|(?:^|[/-])service(?=[./-])/.test(path),
    )
    // The one vendor that sells a thing called service may say so.
    .filter(({ path }) => !/^src\/dialects\/.*service/.test(path) && path !== 'src/reasons/service.ts')
    .map(({ path }) => `${path}: this name says nothing`)

const sizeExempt = (path: string): boolean => /(?:^|\/)codes\.ts$|^src\/reasons\/|\.test\.ts$/.test(path)
const lines = (text: string): number => text.split('\n').length - 1

const sizes: Rule = (files) =>
  files
    .filter((file) => isSource(file) && !sizeExempt(file.path) && lines(file.text) > 700)
    .map(({ path, text }) => `${path}: ${lines(text)} lines, 700 are allowed`)

/** An operation says it in its summary. */
const opening: Rule = (files) =>
  files
    .filter((file) => isSource(file) && !/^\/[/*]/.test(file.text))
    .filter(({ path, text }) => !(path.startsWith('src/operations/') && /\bsummary: /.test(text)))
    .map(({ path }) => `${path}: the first lines say what it is`)

const plainExports: Rule = (files) =>
  absent(
    files,
    /^export (?:default|\* from|(?:const )?enum|namespace)\b|^(?:declare )?enum\b/m,
    () => false,
    'named exports only, no barrels, no enums',
  )

// Dead files

const roots = ['src/main.ts', 'src/cli.ts', 'src/explain/explain.ts', 'src/explain/command.ts']

const deadFiles: Rule = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const seen = new Set<string>()
  // What a script, a bench or another program starts is alive as well; a unit test alone keeps nothing alive.
  const programs = files.filter(({ path }) => /^(?:bench|scripts|conformance|test)\//.test(path)).map(({ path }) => path)
  const waiting = [...roots, ...programs]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = byPath.get(path)
    if (!file || seen.has(path)) continue
    seen.add(path)
    for (const { target } of importsOf(file)) if (target !== undefined) waiting.push(target)
    // Worker threads are named by their file.
    for (const [, name] of file.text.matchAll(/threadFile\(import\.meta\.url, '([^']+)'\)/g))
      waiting.push(join(dirname(path), `${name}.ts`))
    for (const [, name] of file.text.matchAll(/new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g))
      waiting.push(normalize(join(dirname(path), name as string)))
  }
  return files.filter((file) => isSource(file) && !seen.has(file.path)).map(({ path }) => `${path}: nothing leads here`)
}

// The rest of the project

const lockFile: Rule = (files) =>
  files
    .filter(({ path, text }) => path === 'package-lock.json' && text.includes('"resolved"'))
    .map(({ path }) => `${path}: names the registry that it came from; keep omit-lockfile-registry-resolved`)

// Written apart, so that this file does not fit.
const marks = [
  ['TO', 'DO'],
  ['FIX', 'ME'],
  ['XX', 'X'],
].map((parts) => parts.join(''))
const unfinished = new RegExp(`\\b(?:${marks.join('|')})\\b|(?://|[*]).*\\bfor (?:now)\\b`)
const machinePath = new RegExp(`(?<![\\w.:/])/(?:${['work', 'root', 'tmp', 'home'].join('|')})/[\\w.]`)

const words =
  (pattern: RegExp, fault: string, exempt: RegExp): Rule =>
  (files) =>
    files
      .filter(({ path }) => !exempt.test(path))
      .flatMap(({ path, text }) =>
        text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${fault}`] : [])),
      )

const unfinishedWords = words(
  unfinished,
  'unfinished work is not left in the text',
  /^(?:package-lock\.json|LICENSE|test\/vectors\/.*)$/,
)
const machinePaths = words(machinePath, 'a path of one machine', /^(?:package-lock\.json|test\/tidy\.test\.ts|deploy\/.*)$/)

// Reading the project

const readable = /\.(?:ts|js|json|md|yml|service|sql|css|html|xsd)$|(?:^|\/)(?:run|Containerfile|LICENSE)$/
const skipped = new Set(['node_modules', 'dist', 'data', '.git', 'exchanges'])

function readProject(folder: string): File[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : readProject(path)
    if (!entry.isFile() || !readable.test(path) || statSync(path).size > 4_000_000) return []
    return [{ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }]
  })
}

const project = readProject(root)

const file = (path: string, text = '// x\n'): File => ({ path, text })
const importing = (path: string, specifier: string): File => file(path, `// x\nimport { a } from '${specifier}'\n`)

const rules: { name: string; rule: Rule; fails: File[][]; passes: File[][] }[] = [
  {
    name: 'imports go down',
    rule: importDirection,
    fails: [
      [importing('src/store/a.ts', '#operations/b.ts')],
      [importing('src/values/a.ts', '#config/config.ts')],
      [importing('src/config/a.ts', '#roof/b.ts')],
      [importing('src/roof/a.ts', '#commands/b.ts')],
      [importing('src/commands/a.ts', '#main.ts')],
      [importing('src/dialects/restcomm/a.ts', '#dialects/toku/b.ts')],
      [importing('src/api/a.ts', '#explain/b.ts')],
      [importing('src/api/a.ts', '#dialects/toku/codes.ts')],
      [importing('src/messaging/a.ts', '#voice/b.ts')],
      [importing('src/reasons/a.ts', 'typebox')],
      [importing('src/reasons/a.ts', '#values/b.ts')],
      [importing('src/api/a.ts', '../store/b.ts')],
      [importing('src/store/a.ts', '#store/b.ts')],
      [importing('src/elsewhere/a.ts', './b.ts')],
      [file('src/store/a.ts', `// x\nawait import('#api/b.ts')\n`)],
    ],
    passes: [
      [importing('src/explain/a.ts', '#dialects/toku/codes.ts')],
      [importing('src/main.ts', '#roof/b.ts')],
      [importing('src/roof/a.ts', '#dialects/toku/routes.ts')],
      [importing('src/store/a.ts', '#values/b.ts')],
      [importing('src/api/a.ts', '#operations/x/b.ts')],
      [importing('src/store/migrations/a.ts', '../b.ts')],
    ],
  },
  {
    name: 'imports lead in no circle',
    rule: noCircles,
    fails: [
      [importing('src/store/a.ts', './b.ts'), importing('src/store/b.ts', './a.ts')],
      [
        file('src/a.ts', `// x\nimport type { B } from './b.ts'\n`),
        importing('src/b.ts', '#c.ts'),
        importing('src/c.ts', './a.ts'),
      ],
      [importing('src/store/a.ts', './a.ts')],
    ],
    passes: [
      [importing('src/a.ts', './b.ts'), importing('src/b.ts', './c.ts'), importing('src/d.ts', './b.ts')],
      [importing('src/a.ts', './b.ts'), file('src/b.ts', `// import { a } from './a.ts'\n`)],
    ],
  },
  {
    name: 'no vendor is named outside its dialect',
    rule: vendorNames,
    fails: [[file('src/api/a.ts', `// x\nconst a = 'RingCentral'\n`)]],
    passes: [[file('src/dialects/toku/a.ts', `const a = 'toku'`)], [file('src/api/a.ts', '// toku may be spoken of\n')]],
  },
  {
    name: 'only store/ speaks SQL',
    rule: onlyStoreSpeaksSql,
    fails: [[importing('src/api/a.ts', 'kysely')], [importing('src/api/a.ts', 'node:sqlite')]],
    passes: [[importing('src/store/a.ts', 'pg')]],
  },
  {
    name: 'only config/ reads the environment',
    rule: onlyConfigReadsEnvironment,
    fails: [[file('src/api/a.ts', `const a = process.env.A`)]],
    passes: [[file('src/config/a.ts', `const a = process.env.A`)], [file('bin/a.ts', `process.env.A`)]],
  },
  {
    name: 'only values/clock.ts knows the time',
    rule: onlyClockKnowsTime,
    fails: [
      [file('src/api/a.ts', 'Date.now()')],
      [file('src/api/a.ts', 'new Date()')],
      [file('src/api/a.ts', 'setTimeout(a, 1)')],
    ],
    passes: [
      [file('src/values/clock.ts', 'Date.now()')],
      [file('src/api/a.ts', 'new Date(ms)')],
      [file('src/api/a.test.ts', 'Date.now()')],
    ],
  },
  {
    name: 'files are named in kebab-case',
    rule: fileNames,
    fails: [[file('src/api/readCall.ts')], [file('test/a_b.test.ts')]],
    passes: [[file('src/dialects/8x8/end-call.test.ts')], [file('src/store/migrations/0001-foundation.ts')]],
  },
  {
    name: 'names say something',
    rule: forbiddenNames,
    fails: [
      [file('src/utils/a.ts')],
      [file('src/api/call-helpers.ts')],
      [file('src/voice/call-manager.ts')],
      [file('src/api/service.ts')],
    ],
    passes: [[file('src/api/handset.ts')]],
  },
  {
    name: 'no file is over 700 lines',
    rule: sizes,
    fails: [[file('src/api/a.ts', '\n'.repeat(701))]],
    passes: [[file('src/dialects/toku/codes.ts', '\n'.repeat(701))]],
  },
  {
    name: 'each file says what it is',
    rule: opening,
    fails: [[file('src/api/a.ts', 'const a = 1\n')]],
    passes: [[file('src/api/a.ts', '// A.\n')]],
  },
  {
    name: 'exports are named',
    rule: plainExports,
    fails: [
      [file('src/api/a.ts', 'export default 1')],
      [file('src/api/a.ts', `export * from './b.ts'`)],
      [file('src/api/a.ts', 'export enum A {}')],
    ],
    passes: [[file('src/api/a.ts', 'export const a = 1')]],
  },
  {
    name: 'no file is dead',
    rule: deadFiles,
    fails: [
      [file('src/main.ts'), file('src/api/a.ts')],
      [file('src/api/a.ts'), importing('src/api/a.test.ts', './a.ts')],
    ],
    passes: [
      [importing('src/main.ts', '#api/a.ts'), file('src/api/a.ts', `threadFile(import.meta.url, 'b')`), file('src/api/b.ts')],
      [importing('src/cli.ts', './main.ts'), file('src/main.ts')],
    ],
  },
  {
    name: 'the lock file names no registry',
    rule: lockFile,
    fails: [[file('package-lock.json', '{"resolved": "https://x"}')]],
    passes: [[file('package-lock.json', '{"version": "1"}')]],
  },
  {
    name: 'no unfinished work',
    rule: unfinishedWords,
    fails: [[file('src/a.ts', `// ${marks[0]} later`)], [file('src/a.ts', `// enough for ${'now'}`)]],
    passes: [[file('src/a.ts', '// done')]],
  },
  {
    name: 'no path of one machine',
    rule: machinePaths,
    fails: [[file('src/a.ts', `const a = '/${'tmp'}/x'`)]],
    passes: [[file('src/a.ts', `const a = 'https://x/home/a'`)]],
  },
]

for (const { name, rule, fails, passes } of rules) {
  test(name, () => {
    for (const example of fails) assert.notDeepEqual(rule(example), [], `this must fail: ${JSON.stringify(example)}`)
    for (const example of passes) assert.deepEqual(rule(example), [])
    assert.deepEqual(rule(project), [])
  })
}

test('files over 400 lines are told', (t) => {
  for (const { path, text } of project) {
    if (isSource({ path, text }) && !sizeExempt(path) && lines(text) > 400)
      t.diagnostic(`${path} has ${lines(text)} lines: split it`)
  }
  assert.ok(project.length > 50)
})
