// Bodies that come compressed though we asked for none: read within the limit that the body itself has, so that a small one
// cannot become a large one.

import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib'

const decoders: Readonly<Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
}

/** The body as it was before, or what is wrong with it. */
export async function decoded(
  bytes: Buffer,
  encoding: string | readonly string[] | undefined,
  maxBytes: number,
): Promise<{ readonly bytes: Buffer } | { readonly kind: 'protocol' | 'too_large'; readonly detail: string }> {
  if (encoding === undefined || encoding === '' || bytes.length === 0) return { bytes }
  const name = String(encoding).trim().toLowerCase()
  if (name === 'identity') return { bytes }
  const decode = decoders[name]
  if (!decode) return { kind: 'protocol', detail: `content-encoding ${name.slice(0, 40)}` }
  try {
    return { bytes: await decode(bytes, { maxOutputLength: Math.max(1, maxBytes) }) }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      return { kind: 'too_large', detail: `more than ${maxBytes} bytes when decompressed` }
    return { kind: 'protocol', detail: `content-encoding ${name} that cannot be read` }
  }
}
