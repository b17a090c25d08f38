// Records until it is killed or the disk is full: a second of sound at a time, told on stdout once it is on its way.
// Arguments: path, key.

import { openRecording } from '../../src/media/recording-file.ts'

const [path = '', key = ''] = process.argv.slice(2)
const rateHz = 8000
const onFault = async (detail: string): Promise<void> => {
  clearInterval(timer)
  const { durationMs } = await recording.close()
  process.stdout.write(`full ${detail} ${durationMs}\n`)
}
const recording = openRecording({ path, key, channels: 1, rateHz, onFault: (detail) => void onFault(detail) })
let second = 0
const timer = setInterval(() => {
  recording.write([new Int16Array(rateHz).fill((second % 1000) + 1)])
  second += 1
  process.stdout.write(`${second}\n`)
}, 5)
