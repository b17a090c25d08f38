// What applications know a leg by in signalling: a leg of another kind has none.

import type { LiveCall } from './live-call.ts'

const prefix = 'sip:'

export const sipCallIdOf = ({ leg }: Pick<LiveCall, 'leg'>): { readonly sipCallId?: string } =>
  leg?.ref.startsWith(prefix) ? { sipCallId: leg.ref.slice(prefix.length) } : {}
