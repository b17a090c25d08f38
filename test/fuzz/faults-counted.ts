/** Faults of its own that a running server has journalled, by its metrics. Throws when it does not answer. */
export async function faultsCounted(baseUrl: string): Promise<number> {
  const text = await (await fetch(`${baseUrl}/metrics`)).text()
  const counted = /^offhook_faults_total (\d+)$/m.exec(text)
  if (!counted) throw new Error('no count of faults in the metrics')
  return Number(counted[1])
}
