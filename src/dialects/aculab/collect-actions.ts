// Actions that collect what is pressed or said: numbers, input, menus (reference section 8.5).

import type { Audio, Gather } from '#voice/verbs/verb.ts'
import type { Members } from './action-fields.ts'
import { heard, messages, voiceOf } from './play-lists.ts'

const usualDigits = '0123456789'
const mostDigits = 32
/** A time of 0 or less is no bound of its own: the one for all of it stays. */
const unbounded = 3_600_000

type Collect = Omit<Gather, 'verb' | 'tag' | 'at'>

const common = { inputs: ['digits'], bargeIn: true, thenWhenEmpty: true } as const

const positive = (ms: number): number => (ms > 0 ? ms : unbounded)

/** Key that plays the prompt again; empty for none. */
function helpOf(of: Members): { readonly helpDigit?: string } {
  const helpDigit = of.digits('help_digit', '*', 1)
  return helpDigit === '' ? {} : { helpDigit }
}

const withHelp = (valid: string, { helpDigit = '' }: { readonly helpDigit?: string }): string =>
  valid.includes(helpDigit) ? valid : valid + helpDigit

export function getNumber(of: Members): Collect {
  const { isV1 } = of.reading
  const prompt = promptOf(of, isV1)
  const then = isV1 ? of.page('next_page') : of.mustPage('next_page')
  const most = of.integer('digit_count', 0, 0, mostDigits)
  const finishOn = of.digits('end_digit', '#', 1)
  const help = helpOf(of)
  const valid = withHelp(of.digits('valid_digits', usualDigits), help)
  return {
    ...common,
    ...help,
    prompt,
    valid,
    most: most === 0 ? mostDigits : most,
    finishOn,
    ...(then && { then }),
    ...(isV1 ? timesV1(of) : timesV2(of)),
  }
}

function timesV2(of: Members): Pick<Collect, 'firstMs' | 'betweenMs' | 'inAllMs'> {
  const inAll = of.integer('seconds_timeout', 30, 0, 3600)
  const between = of.integer('milliseconds_inter_digit_timeout', 5000)
  const first = of.integer('milliseconds_initial_timeout', between)
  // What was typed ahead is there at once, and nothing is waited for.
  return { firstMs: positive(first), betweenMs: positive(between), inAllMs: Math.max(1, inAll * 1000) }
}

function timesV1(of: Members): Pick<Collect, 'firstMs' | 'betweenMs' | 'again'> {
  const ms = positive(of.integer('seconds_digit_timeout', 5) * 1000)
  return { firstMs: ms, betweenMs: ms, again: digitMessages(of) }
}

const digitMessages = (of: Members) => ({
  onNothing: messages(of, 'on_digit_timeout_messages'),
  onInvalid: messages(of, 'on_invalid_digit_messages'),
})

const inputMessages = (of: Members) => ({
  onNothing: messages(of, 'on_input_timeout_messages'),
  onInvalid: messages(of, 'on_invalid_input_messages'),
})

function promptOf(of: Members, isNeeded: boolean): readonly Audio[] {
  if (isNeeded && !of.has('prompt')) of.missing('prompt')
  return heard(of, 'prompt')
}

export function getInput(of: Members): Collect {
  const then = of.mustPage('next_page')
  const prompt = promptOf(of, false)
  const mode = of.choice('speech_input_mode', ['timeout', 'disabled', 'auto'], 'auto')
  const betweenSpeech = of.integer('milliseconds_inter_speech_timeout', 2000)
  const speech = mode === 'disabled' ? {} : speechOptions(of.object('speech_recognition_options'))
  const isDigits = of.flag('digit_input_enabled', true)
  const options = of.object('digit_input_options')
  const most = options?.integer('digit_count', 0, 0, mostDigits) ?? 0
  const finishOn = options?.digits('end_digit', '#', 1) ?? '#'
  const valid = options?.digits('valid_digits', usualDigits) ?? usualDigits
  options?.done()
  const inputs = [...(isDigits ? (['digits'] as const) : []), ...(mode === 'disabled' ? [] : (['speech'] as const))]
  if (inputs.length === 0) of.reading.fault(of.path, 'takes neither digits nor speech')
  return {
    ...common,
    inputs,
    prompt,
    valid,
    most: most === 0 ? mostDigits : most,
    finishOn,
    firstMs: positive(of.integer('milliseconds_initial_timeout', 5000)),
    betweenMs: positive(betweenSpeech),
    again: inputMessages(of),
    ...speech,
    ...(then && { then }),
  }
}

function speechOptions(options: Members | undefined): Pick<Collect, 'language' | 'hints'> {
  if (!options) return {}
  const language = options.text('language', { most: 60 })
  const hints = options
    .list('word_hints')
    .flatMap(({ value, path }) =>
      typeof value === 'string' ? [value] : (options.reading.fault(path, 'is of the wrong type', 'a string') ?? []),
    )
  for (const known of ['voice_response_timeout', 'speech_model_options', 'alternatives']) options.has(known)
  options.done()
  return { ...(language !== undefined && { language: languageOf(language) }), ...(hints.length > 0 && { hints }) }
}

/** BCP 47 as it is; else the language that the words name. */
const languageOf = (text: string): string => (/^[a-z]{2,3}(?:-[A-Za-z0-9]+)*$/.test(text) ? text : voiceOf(text).language)

export function runMenu(of: Members): Collect {
  const { isV1 } = of.reading
  const prompt = promptOf(of, isV1)
  const choices = optionsOf(of, false)
  const help = helpOf(of)
  const ms = positive(of.integer('seconds_digit_timeout', 5) * 1000)
  return {
    ...common,
    ...help,
    thenWhenEmpty: false,
    prompt,
    // Any other key is an answer too, though a wrong one.
    valid: '0123456789*#ABCD',
    most: 1,
    finishOn: '',
    firstMs: ms,
    betweenMs: ms,
    choices,
    again: digitMessages(of),
  }
}

export function runSpeechMenu(of: Members): Collect {
  const prompt = promptOf(of, false)
  const choices = optionsOf(of, true)
  const help = helpOf(of)
  const language = languageOf(of.text('language', { most: 60 }) ?? 'US English')
  for (const known of ['speech_model_options', 'help_word']) of.has(known)
  const ms = positive(of.integer('seconds_timeout', 5) * 1000)
  return {
    ...common,
    ...help,
    thenWhenEmpty: false,
    inputs: ['digits', 'speech'],
    prompt,
    valid: '0123456789*#ABCD',
    most: 1,
    finishOn: '',
    firstMs: ms,
    betweenMs: 1000,
    language,
    hints: choices.flatMap(({ word }) => word ?? []),
    choices,
    again: inputMessages(of),
  }
}

function optionsOf(of: Members, isSpoken: boolean): NonNullable<Collect['choices']> {
  if (!of.has('menu_options')) of.missing('menu_options')
  const taken = new Set<string>()
  return of.list('menu_options').flatMap(({ value, path }) => {
    const option = of.reading.members(value, path)
    if (!option) return []
    const digit = option.text('digit', { form: /^[0-9A-D*#]$/, expected: 'one of 0123456789ABCD#*' })
    const word = isSpoken ? option.text('word', { most: 100 }) : undefined
    const page = option.mustPage('next_page')
    option.done()
    const key = digit ?? word
    if (key === undefined) of.reading.fault(path, 'has nothing to choose it by', isSpoken ? 'word or digit' : 'digit')
    else if (taken.has(key)) of.reading.fault(path, 'is chosen as another one is')
    else taken.add(key)
    return page && key !== undefined ? [{ ...(digit !== undefined && { digit }), ...(word !== undefined && { word }), page }] : []
  })
}
