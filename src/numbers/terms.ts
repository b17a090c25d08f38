// For how long a number is rented: whole months of the calendar (UTC), renewed one upon another. After its term a number
// serves nobody, but stays its owner's for a while, who may renew it; then it goes back to stock.

/** How long an expired number may still be renewed. */
export const graceMs = 7 * 24 * 3_600_000

/** The same day and hour that many months on; the month's last day where it has no such day. */
export function monthsAfter(fromMs: number, months: number): number {
  const from = new Date(fromMs)
  const month = from.getUTCMonth() + months
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate()
  const day = Math.min(from.getUTCDate(), lastDay)
  const midnight = Date.UTC(from.getUTCFullYear(), month, day)
  return midnight + (fromMs % (24 * 3_600_000))
}
