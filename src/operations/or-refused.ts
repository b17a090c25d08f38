// For a mount that is no face: what was refused on the way to its answer is told in the words it was handed.

import type { HttpAnswer, HttpRequest } from '#protocols/http/exchange.ts'
import type { Refusal } from '#reasons/refusal.ts'
import { refusalOf } from './run.ts'

type Answer = (request: HttpRequest) => Promise<HttpAnswer>

/** A fault of ours goes on being thrown: the server journals it. */
export function orRefused(answer: Answer, refused: (refusal: Refusal, request: HttpRequest) => HttpAnswer): Answer {
  return async (request) => {
    try {
      return await answer(request)
    } catch (error) {
      const known = refusalOf(error)
      if (!known) throw error
      return refused(known, request)
    }
  }
}
