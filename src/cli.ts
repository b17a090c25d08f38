// The command line: start, carrier, route, lint, listen, trigger, explain, backup, restore, secure, doctor, version, help. Each command loads only what it needs.
// Exits 0 when done, 1 when it could not be done, 2 when it was not asked rightly.

import { ConfigFault } from '#config/config.ts'
import { nearest } from '#values/nearest.ts'
import { boundHeapGrowth } from '#values/heap-growth.ts'
import { letNurseryGrow, spareMemory } from '#values/spare-memory.ts'
import { version } from '#values/version.ts'

interface Command {
  readonly usage: string
  readonly about: string
  /** Gives the exit code. */
  run(args: readonly string[]): Promise<number>
}

const commands: Readonly<Record<string, Command>> = {
  start: {
    usage: 'start',
    about: 'Start the platform. Settings come from OFFHOOK_ variables and the settings file.',
    run: async (args) => (args.length > 0 ? misused('start', `start takes no ${args[0]}`) : start()),
  },
  carrier: {
    usage: 'carrier [list|show|kinds|add|update|enable|disable|remove]',
    about: 'See and change the carriers of the running platform, such as: carrier add one smpp://us:secret@host:2775?window=50',
    run: async (args) => {
      const { carrierCommand } = await import('#commands/carrier-command.ts')
      return told('carrier', () => carrierCommand(args))
    },
  },
  route: {
    usage: 'route [list|add|remove]',
    about: 'See and change which carrier takes what, such as: route add one +49 rank=10',
    run: async (args) => {
      const { routeCommand } = await import('#commands/carrier-command.ts')
      return told('route', () => routeCommand(args))
    },
  },
  lint: {
    usage: 'lint <file> [--face <name>]',
    about: 'Check a script of a call without a call: each fault with its line and column.',
    run: async (args) => {
      const { lintCommand } = await import('#commands/lint-command.ts')
      const { lines, exitCode } = await lintCommand(args)
      process[exitCode === 2 ? 'stderr' : 'stdout'].write(`${lines.join('\n')}\n`)
      return exitCode
    },
  },
  listen: {
    usage: 'listen --forward <url> [--events a,b] [--url <platform>]',
    about: "Forward the account's webhooks to a server on this machine, as they are, until stopped.",
    run: async (args) => {
      const { listenCommand } = await import('#commands/webhook-commands.ts')
      return told('listen', () => listenCommand(args, say, stopped()))
    },
  },
  trigger: {
    usage: 'trigger <event> [--set name=value] [--endpoint <id>] [--url <platform>]',
    about: 'Send a sample of an event to the endpoints that want it, and say how that went.',
    run: async (args) => {
      const { triggerCommand } = await import('#commands/webhook-commands.ts')
      return told('trigger', () => triggerCommand(args))
    },
  },
  explain: {
    usage: 'explain <code, reason or cause> [--json]',
    about: 'Say what an error code or reason means, whose fault it is and what to do.',
    run: async (args) => {
      const { explainCommand } = await import('#explain/command.ts')
      const { exitCode, text } = explainCommand([...args])
      process[exitCode === 2 ? 'stderr' : 'stdout'].write(text)
      return exitCode
    },
  },
  backup: {
    usage: 'backup <file>',
    about: 'Write a consistent copy of the store, with key and settings beside it. The platform may run.',
    run: async ([file, ...more]) => {
      if (file === undefined || more.length > 0) return misused('backup', 'backup takes one file')
      const { backup } = await import('#commands/backup-files.ts')
      for (const written of await backup(file)) say(`written: ${written}`)
      return 0
    },
  },
  restore: {
    usage: 'restore <file> [--force]',
    about: 'Put a backup in the place of the store. The platform must not run; --force replaces what is there.',
    run: async (args) => {
      const [file, ...more] = args.filter((arg) => arg !== '--force')
      if (file === undefined || more.length > 0) return misused('restore', 'restore takes one file')
      const { restore } = await import('#commands/backup-files.ts')
      for (const written of await restore(file, args.includes('--force'))) say(`restored: ${written}`)
      return 0
    },
  },
  secure: {
    usage: 'secure',
    about:
      'Put credentials of your own in the place of those of the first start, before others can reach the platform. It must not run.',
    run: async (args) => {
      if (args.length > 0) return misused('secure', `secure takes no ${args[0]}`)
      const { secure } = await import('#commands/secure.ts')
      const secured = await secure()
      if (!secured) {
        complain('There is nothing to secure: run offhook start once.')
        return 1
      }
      say(`The credentials of the first start are no longer good. Yours, shown this once:\n`)
      say(`login:    ${secured.login}\npassword: ${secured.password}\nkey:      ${secured.key}`)
      return 0
    },
  },
  doctor: {
    usage: 'doctor',
    about: 'Check settings, data directory, disk, clock, database, certificate and ports, and say what to do.',
    run: async (args) => {
      if (args.length > 0) return misused('doctor', `doctor takes no ${args[0]}`)
      const { examine } = await import('#commands/doctor.ts')
      let ill = 0
      for await (const { what, fine, says, remedy } of examine()) {
        say(`${fine ? 'ok  ' : 'FAIL'}  ${what}: ${says}`)
        if (remedy !== undefined) say(`      ${remedy}`)
        if (!fine) ill += 1
      }
      say(ill === 0 ? 'Nothing is wrong.' : `${ill} ${ill === 1 ? 'thing is' : 'things are'} wrong.`)
      return ill === 0 ? 0 : 1
    },
  },
  version: {
    usage: 'version',
    about: 'Print the version.',
    run: async () => {
      say(version)
      return 0
    },
  },
  help: {
    usage: 'help',
    about: 'Print this.',
    run: async () => {
      say(help())
      return 0
    },
  },
}

const aliases: Readonly<Record<string, string>> = { '--help': 'help', '-h': 'help', '--version': 'version', '-v': 'version' }

/** Runs one command line (without the program's name); the exit code comes when it is done. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const [given = 'help', ...rest] = args
  const name = aliases[given] ?? given
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    const near = nearest(given, Object.keys(commands))
    complain(`offhook has no command ${given}. ${near === '' ? 'See: offhook help' : `The nearest is: offhook ${near}`}`)
    return 2
  }
  // Store, key, credentials and backups are nobody else's to read, wherever they are put.
  process.umask(0o077)
  try {
    return await command.run(rest)
  } catch (cause) {
    if (cause instanceof ConfigFault) for (const fault of cause.faults) complain(fault)
    else complain(sentenceOf(cause))
    return 1
  }
}

/** Until a signal ends it. */
async function start(): Promise<number> {
  const { startOffhook } = await import('./main.ts')
  const offhook = await startOffhook()
  spareMemory()
  letNurseryGrow()
  boundHeapGrowth()
  const ended = new Promise<number>((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      // Whoever asks twice does not want to wait.
      process.once('SIGTERM', () => process.exit(1))
      process.once('SIGINT', () => process.exit(1))
      offhook.stop(signal).then(
        () => resolve(0),
        (cause: unknown) => {
          offhook.fault(cause)
          resolve(1)
        },
      )
    }
    let asked = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        if (!asked) stop(signal)
        asked = true
      })
    }
    process.on('SIGHUP', () => void offhook.reload().catch((cause: unknown) => offhook.fault(cause)))
    process.on('unhandledRejection', (cause) => offhook.fault(cause))
    // After this nothing can be said about the state of anything: what was accepted is in the store, and is taken up again.
    process.on('uncaughtException', (cause) => {
      offhook.fault(cause)
      process.exit(1)
    })
  })
  // Last, so that whoever reads it may send a signal at once.
  announce(offhook.announcement)
  return ended
}

/** On stdout, where the journal's lines are not. */
function announce(lines: readonly string[]): void {
  // In one piece, so that whoever sees that it is ready sees all of it.
  say(lines.join('\n'))
}

/** Prints what a command gives, or how it is asked. */
async function told(name: string, act: () => Promise<readonly string[]>): Promise<number> {
  try {
    for (const line of await act()) say(line)
    return 0
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'Misused') return misused(name, cause.message)
    throw cause
  }
}

/** Resolves when somebody asks this command to end. */
function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}

function misused(name: string, fault: string): number {
  complain(`${fault}. Usage: offhook ${commands[name]?.usage ?? name}`)
  return 2
}

function help(): string {
  const width = Math.max(...Object.values(commands).map((command) => command.usage.length))
  const rows = Object.values(commands).map(({ usage, about }) => `  ${usage.padEnd(width)}  ${about}`)
  return `offhook ${version}\n\nUsage: offhook <command>\n\n${rows.join('\n')}`
}

/** What is expected to go wrong says so in one sentence; a bug shows its place. */
function sentenceOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const { code, syscall } = cause as NodeJS.ErrnoException
  if (syscall === 'listen' && code === 'EADDRINUSE')
    return `${cause.message}. Something else listens there; set OFFHOOK_HTTP to another address, or port 0.`
  const expected =
    ['StoreUnavailable', 'StoreTooNew', 'BackupRefused', 'QueryFailed'].includes(cause.name) || syscall !== undefined
  return expected ? cause.message : (cause.stack ?? cause.message)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}
