// Words in wideband sound, as pocketsphinx from Debian hears them: 16 kHz, English, out of a short list. It hears nothing useful in
// telephone sound. Not a part of the platform: only tests and the provider under test/fakes ask it.

import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wavHeader } from '../../src/media/wav-header.ts'
import { needs } from '../needs.ts'

/** Each utterance once; the words are any number of `words`, in any order. Nothing heard is an empty text. */
export async function recognise(samples: Int16Array, words: readonly string[]): Promise<string> {
  needs('pocketsphinx_continuous', 'pocketsphinx pocketsphinx-en-us')
  const dir = await mkdtemp(join(tmpdir(), 'offhook-hear-'))
  const clear = (): void => rmSync(dir, { recursive: true, force: true })
  // Whoever asks may be ended meanwhile.
  process.once('exit', clear)
  try {
    const sound = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
    await writeFile(join(dir, 'sound.wav'), Buffer.concat([wavHeader({ channels: 1, rateHz: 16_000 }, sound.length), sound]))
    const list = words.map((word) => word.toLowerCase()).join(' | ')
    await writeFile(join(dir, 'words.gram'), `#JSGF V1.0;\ngrammar words;\npublic <heard> = ( ${list} )+ ;\n`)
    const options = ['-infile', join(dir, 'sound.wav'), '-jsgf', join(dir, 'words.gram'), '-samprate', '16000']
    const child = spawn('pocketsphinx_continuous', options, { stdio: ['ignore', 'pipe', 'ignore'] })
    const heard = Buffer.concat(await child.stdout.toArray()).toString()
    return heard
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .join(' ')
  } finally {
    process.off('exit', clear)
    clear()
  }
}
