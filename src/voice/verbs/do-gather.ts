// Collects digits, speech, or both, with its prompt, and tries again as the verb says. A prompt that cannot be made is told, and whoever
// knows the menu can still press.

import type { Clip, Collect, Listen } from '#media/contract.ts'
import { Refusal, refusal } from '#reasons/refusal.ts'
import type { VerbResult } from '../script-form.ts'
import type { Collected, StreamAsks } from '../stream-asks.ts'
import type { Outcome } from './outcome.ts'
import type { Step } from './step.ts'
import type { Audio, Gather, Page } from './verb.ts'

type Result = Extract<VerbResult, { verb: 'gather' }>

/** Calls for help are no tries, and still come to an end. */
const helpsAtMost = 10

export async function doGather(step: Step, verb: Gather): Promise<Outcome> {
  // Before anything is heard: a gather of speech that nobody can recognise fails as a whole, unless digits may be pressed.
  const speech = speechOf(step, verb)
  const asks = await step.hear()
  const prompt = await clipsOf(step, verb.prompt)
  const tries = { onNothing: 0, onInvalid: 0, help: 0 }
  let before: readonly Clip[] = []
  for (;;) {
    const isInPlace = verb.again?.inPlaceOfPrompt === true && before.length > 0
    const collected = await collect(step, asks, verb, isInPlace ? before : [...before, ...prompt], speech)
    if (collected.how === 'failed')
      return { failed: collected.refusal ?? refusal('platform.media_operation_failed', { operation: 'gather' }) }
    if (collected.how === 'closed' || collected.how === 'stopped')
      return { result: resultOf(verb, collected).result, noThen: true }
    if (verb.helpDigit !== undefined && collected.digits === verb.helpDigit && tries.help < helpsAtMost) {
      tries.help += 1
      before = []
      continue
    }
    const { result, page } = resultOf(verb, collected)
    step.state.wasWrong = result.how === 'invalid'
    const isGood = result.how === 'digits' || result.how === 'speech'
    const list = result.how === 'nothing' ? 'onNothing' : 'onInvalid'
    const again = isGood ? undefined : verb.again?.[list][tries[list]]
    if (again === undefined) return last(step, asks, verb, result, page)
    tries[list] += 1
    before = await clipsOf(step, again)
  }
}

async function last(step: Step, asks: StreamAsks, verb: Gather, result: Result, page: Page | undefined): Promise<Outcome> {
  const isGood = result.how === 'digits' || result.how === 'speech'
  const clips = await clipsOf(step, (isGood ? verb.success : verb.failure) ?? [])
  if (clips.length > 0) await asks.play({ clips, times: 1, to: 'stream', stopOn: '' }, step.signal).ended
  if (page) return { result, page }
  if (!isGood && verb.required) return { result, end: { refusal: refusal('markup.ended'), by: 'application' } }
  return { result, noThen: !isGood && !verb.thenWhenEmpty }
}

function collect(
  step: Step,
  asks: StreamAsks,
  verb: Gather,
  prompt: readonly Clip[],
  speech: Listen | undefined,
): Promise<Collected> {
  const hasDigits = verb.inputs.includes('digits')
  const { partials } = verb
  // Who presses on while a page is fetched answers the next prompt, unless that is one which must be heard.
  const typeAhead = verb.bargeIn && !step.state.wasWrong
  const ask: Collect = {
    valid: hasDigits ? verb.valid : '',
    most: hasDigits ? verb.most : 0,
    finishOn: hasDigits ? verb.finishOn : '',
    firstMs: verb.firstMs,
    betweenMs: verb.betweenMs,
    ...(verb.inAllMs !== undefined && { inAllMs: verb.inAllMs }),
    ...(prompt.length > 0 && { prompt, promptTimes: verb.promptTimes ?? 1 }),
    bargeIn: verb.bargeIn,
    typeAhead,
    ...(speech && { speech }),
  }
  return asks.collect(ask, step.signal, ({ text, confidence, final }) => {
    if (partials && !final) step.ask(partials, { type: 'partial', text, confidence })
  }).ended
}

/** Throws `speech.*` where digits would not do either. */
function speechOf(step: Step, verb: Gather): Listen | undefined {
  if (!verb.inputs.includes('speech')) return undefined
  try {
    return step.parts.listen(step.call, verb)
  } catch (error) {
    if (!(error instanceof Refusal) || !verb.inputs.includes('digits')) throw error
    step.trouble(error)
    return undefined
  }
}

async function clipsOf(step: Step, audio: readonly Audio[]): Promise<readonly Clip[]> {
  if (audio.length === 0) return []
  try {
    return await step.until(step.parts.clips(step.call, audio))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    step.trouble(error)
    return []
  }
}

function resultOf(verb: Gather, { digits, speech }: Collected): { readonly result: Result; readonly page?: Page } {
  const spoken = speech === undefined || speech.text === '' ? {} : { speech: speech.text, confidence: speech.confidence }
  const how = digits !== '' ? 'digits' : speech !== undefined && speech.text !== '' ? 'speech' : 'nothing'
  if (how === 'nothing') return { result: { verb: 'gather', how, digits } }
  if (how === 'digits' && verb.least !== undefined && digits.length < verb.least)
    return { result: { verb: 'gather', how: 'invalid', digits, ...spoken } }
  if (!verb.choices) return { result: { verb: 'gather', how, digits, ...spoken } }
  const words = ` ${(speech?.text ?? '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `
  const choice = verb.choices.find(({ digit, word }) =>
    how === 'digits' ? digit === digits : word !== undefined && words.includes(` ${word.toLowerCase()} `),
  )
  if (!choice) return { result: { verb: 'gather', how: 'invalid', digits, ...spoken } }
  return { result: { verb: 'gather', how, digits, ...spoken, choice: choice.page }, page: choice.page }
}
