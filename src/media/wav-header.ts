// What stands before the samples of a WAV of 16-bit PCM. "Multimedia Programming Interface and Data Specifications 1.0", 1991.

export const wavHeaderBytes = 44

/** Of `sampleBytes` of samples, of at most 4 GB less the header. */
export function wavHeader(shape: { readonly channels: number; readonly rateHz: number }, sampleBytes: number): Buffer {
  const header = Buffer.alloc(wavHeaderBytes)
  const frameBytes = shape.channels * 2
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(36 + sampleBytes, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(shape.channels, 22)
  header.writeUInt32LE(shape.rateHz, 24)
  header.writeUInt32LE(shape.rateHz * frameBytes, 28)
  header.writeUInt16LE(frameBytes, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(sampleBytes, 40)
  return header
}
