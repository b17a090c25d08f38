// Runs the benches one after another, each as a process of its own, in under six minutes without the flags.
//
//   npm run bench                    all but the long ones
//   npm run bench -- --memory        and a million requests
//   npm run bench -- --messages       and messages, against Kannel (a quarter of an hour)
//   npm run bench -- --media         and streams of sound, against rtpengine (five minutes)
//   npm run bench -- --calls         and calls under sipp, against npm sip and Kamailio (ten minutes)
//   npm run bench -- --pages         and list pages at 10 million rows, on both engines (a quarter of an hour, 10 GB of disk)

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pins } from './servers.ts'

const flags = process.argv.slice(2)
const known = ['--memory', '--messages', '--media', '--calls', '--pages']
const strange = flags.find((flag) => !known.includes(flag))
if (strange !== undefined) {
  console.error(`npm run bench knows ${known.join(', ')}, not ${strange}.`)
  process.exit(2)
}

const parts: readonly (readonly string[])[] = [
  ['bench/idle-memory.ts'],
  ['bench/throughput.ts'],
  ['bench/with-postgres.ts', 'bench/postgres-create.ts'],
  ...(flags.includes('--memory') ? [['bench/steady-memory.ts']] : []),
  ...(flags.includes('--messages')
    ? [['bench/messaging.ts'], ['bench/messaging.ts', '--receipts'], ['bench/smpp-door.ts'], ['bench/messaging-backlog.ts']]
    : []),
  ...(flags.includes('--media')
    ? [
        ['bench/media.ts'],
        ['bench/media.ts', '--with', 'detection', '--steps', '400,500'],
        ['bench/media.ts', '--with', 'recording', '--steps', '400,500'],
        ['bench/media.ts', '--with', 'srtp', '--steps', '200,300'],
        ['bench/media.ts', '--with', 'conference', '--steps', '400'],
        ['bench/media.ts', '--with', 'relay', '--steps', '500'],
        ['bench/media.ts', '--with', 'rtpengine', '--steps', '500'],
      ]
    : []),
  ...(flags.includes('--calls')
    ? [
        ['bench/sip-uas.ts'],
        ['bench/voice.ts'],
        ['bench/voice.ts', '--bridged'],
        ['bench/voice.ts', '--delay', '50'],
        ['bench/voice.ts', '--memory', '2000'],
      ]
    : []),
  ...(flags.includes('--pages') ? [['bench/paging.ts'], ['bench/with-postgres.ts', 'bench/paging.ts']] : []),
]

if (!pins) console.log('There is no second core or no taskset: nothing is pinned, and the shares below say little.')
for (const part of parts) {
  console.log(`\n== node ${part.join(' ')}`)
  const [code] = await once(spawn(process.execPath, part as string[], { stdio: 'inherit' }), 'exit')
  if (code !== 0) process.exitCode = 1
}
