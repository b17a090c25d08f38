#!/usr/bin/env node
// The command. Old syntax on purpose: an old Node must be able to read this far and say what it lacks.
'use strict'

var needed = 26
var major = Number(process.versions.node.split('.')[0])

if (major < needed) {
  console.error(
    'Offhook needs Node ' +
      needed +
      ' and this is Node ' +
      process.versions.node +
      ': run "npm install" and then "npm start" (or "npx offhook"), which bring the right Node with them.',
  )
  process.exit(1)
}

var fs = require('fs')
var path = require('path')

// A package carries JavaScript; in a checkout the TypeScript is run as it is.
var root = path.join(__dirname, '..')
var packed = !fs.existsSync(path.join(root, 'src', 'cli.ts'))
var folder = path.join(root, packed ? 'dist' : 'src')
var extension = packed ? '.js' : '.ts'
var args = process.argv.slice(2)

function end(code) {
  process.exitCode = code
  // A command that is done ends, whatever still holds the process.
  if (args[0] === 'start') process.exit(code)
}

function fail(cause) {
  console.error(cause)
  process.exit(1)
}

// A checkout keeps its compiled code, so that types are stripped once and not at every start. Where it cannot be kept nothing is lost.
// Threads look for it by the variable; without it each of them loads the stripper, which costs 35 MB.
if (!packed) {
  var kept = path.join(root, 'node_modules', '.cache', 'offhook')
  process.env.NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE || kept
  require('module').enableCompileCache(kept)
}

// What a start leaves behind dies young: the nursery stays small until it is over (see src/values/spare-memory.ts).
// And a heap grows by a third of what lives in it before it is collected, in each thread: with a backlog of messages flowing through, what
// is kept would else grow to twice the memory, for no time gained (see docs/performance.md). After the start small ones may grow by more
// (see src/values/heap-growth.ts).
if (args[0] === 'start') {
  require('v8').setFlagsFromString('--semi-space-growth-factor=1')
  require('v8').setFlagsFromString('--heap-growing-percent=30')
}

// npm and npx start this through a shell, which passes no signal on: they are told to end, the shell dies, and this would stay behind with the
// data directory in its hands. (In a checkout the shell is replaced by this, and npm's SIGTERM and SIGINT come through.) Whoever it was, a
// parent that is gone has ended what it started.
if (args[0] === 'start' && process.env.npm_command) {
  var parent = process.ppid
  var watching = setInterval(function () {
    if (process.ppid === parent) return
    clearInterval(watching)
    process.kill(process.pid, 'SIGTERM')
  }, 250)
  watching.unref()
}

// Explaining loads nothing but the dictionaries: it must answer at once, also offline.
if (args[0] === 'explain') {
  var said = require(path.join(folder, 'explain', 'command' + extension)).explainCommand(args.slice(1))
  process[said.exitCode === 2 ? 'stderr' : 'stdout'].write(said.text)
  end(said.exitCode)
} else {
  require(path.join(folder, 'cli' + extension))
    .runCommand(args)
    .then(end, fail)
}
