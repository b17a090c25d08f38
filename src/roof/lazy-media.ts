// The media of this node, with their threads made for the first call: a platform without calls has none.

import type { Media } from '#media/contract.ts'
import { WorkerMedia } from '#media/media.ts'
import type { Ground } from './ground.ts'

export function lazyMedia({ config, clock, journal }: Pick<Ground, 'config' | 'clock' | 'journal'>): Media {
  let media: WorkerMedia | undefined
  const made = (): WorkerMedia => {
    const { rtpPorts, mediaWorkers: workers, mediaStreams: mostStreams } = config()
    media ??= new WorkerMedia({
      clock,
      rtpPorts,
      workers,
      mostStreams,
      onWorkerDied: (_worker, _streams, cause) => journal.faultFound(cause, crypto.randomUUID()),
      onFault: (_worker, detail) => journal.faultFound(detail, crypto.randomUUID()),
    })
    return media
  }
  return {
    place: () => made().place(),
    state: () => media?.state() ?? [],
    stop: async () => media?.stop(),
  }
}
