// IMA ADPCM as WAV files hold it (format 0x11, RFC 2361 A.10; IMA Digital Audio Focus Group, 1992): blocks that begin with a
// sample and a step for each channel, then four bits a sample, eight samples of a channel at a time.

const stepChange = [-1, -1, -1, -1, 2, 4, 6, 8]

/** 7, 8, 9, 10, 11, 12, ... 32767: the table of the IMA, which grows by a tenth each time. */
const steps = [
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130, 143,
  157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411,
  1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442,
  11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
]

interface ChannelState {
  sample: number
  step: number
}

/** Undefined when the blocks cannot be such. */
export function imaAdpcmReader(data: Buffer, channels: number, blockBytes: number): Iterable<Float32Array> | undefined {
  const headBytes = 4 * channels
  const isPossible = blockBytes > headBytes && (blockBytes - headBytes) % headBytes === 0
  return isPossible ? blocksOf(data, channels, blockBytes) : undefined
}

function* blocksOf(data: Buffer, channels: number, blockBytes: number): Iterable<Float32Array> {
  const headBytes = 4 * channels
  for (let from = 0; from + headBytes <= data.length; from += blockBytes) {
    const whole = Math.min(blockBytes, data.length - from)
    const groups = Math.floor((whole - headBytes) / headBytes)
    const samples = new Float32Array((1 + groups * 8) * channels)
    for (let channel = 0; channel < channels; channel += 1) {
      const head = from + channel * 4
      const state = { sample: data.readInt16LE(head), step: Math.min(88, data[head + 2]!) }
      samples[channel] = state.sample / 32_768
      for (let group = 0; group < groups; group += 1) {
        const word = data.readUInt32LE(from + headBytes + (group * channels + channel) * 4)
        for (let part = 0; part < 8; part += 1)
          samples[(1 + group * 8 + part) * channels + channel] = next(state, (word >>> (part * 4)) & 0x0f) / 32_768
      }
    }
    yield samples
  }
}

function next(state: ChannelState, code: number): number {
  const step = steps[state.step]!
  let change = step >> 3
  if (code & 4) change += step
  if (code & 2) change += step >> 1
  if (code & 1) change += step >> 2
  state.sample = Math.max(-32_768, Math.min(32_767, state.sample + (code & 8 ? -change : change)))
  state.step = Math.max(0, Math.min(88, state.step + stepChange[code & 7]!))
  return state.sample
}
