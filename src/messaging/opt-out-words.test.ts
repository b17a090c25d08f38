import { test } from 'node:test'
import assert from 'node:assert/strict'
import { planText } from '#values/sms-text.ts'
import { answerTo, keywordOf, optOutWords, wordLanguages } from './opt-out-words.ts'

const keywords = ['stop', 'start', 'help'] as const

test('every word means the same alone, in its language, shouted and with punctuation', () => {
  for (const language of wordLanguages) {
    for (const keyword of keywords) {
      for (const word of optOutWords[language][keyword]) {
        for (const text of [
          word,
          word.toUpperCase(),
          ` ${word}. `,
          `"${word}"!`,
          `${word}\n`,
          `${word} 🙏`,
          word.normalize('NFD'),
        ]) {
          // A word that two languages use for different wishes would fail the first of these.
          assert.equal(keywordOf(text), keyword, `${language}: ${text}`)
          assert.equal(keywordOf(text, language), keyword, `${language}: ${text}`)
        }
      }
    }
  }
})

test('the English words count in every language, the others in their own', () => {
  for (const language of wordLanguages) assert.equal(keywordOf('Stop.', language), 'stop')
  assert.equal(keywordOf('baja', 'es-MX'), 'stop')
  assert.equal(keywordOf('baja', 'de'), null)
  assert.equal(keywordOf('baja'), 'stop')
  assert.equal(keywordOf('stopp', 'no'), 'stop')
  assert.equal(keywordOf('baja', 'xx'), 'stop')
})

test('written otherwise', () => {
  for (const text of ['STOPALL', 'stop-all', 'Opt-Out', 'OPTOUT', 'S.T.O.P', '\u200bSTOP\u200b', 'STOP', '“stop”', 'stop⛔️']) {
    assert.equal(keywordOf(text), 'stop', text)
  }
  assert.equal(keywordOf('ARRET'), 'stop')
  assert.equal(keywordOf('İPTAL', 'tr'), 'stop')
  assert.equal(keywordOf('ÇIKIŞ', 'tr'), 'stop')
  assert.equal(keywordOf('إِلْغَاء', 'ar'), 'stop')
})

test('only a whole message is a word', () => {
  for (const text of [
    '',
    '   ',
    '!',
    'please stop',
    'stop by at six',
    'yes',
    'no',
    'stopping',
    'the end',
    `stop${' '.repeat(100)}`,
  ]) {
    assert.equal(keywordOf(text), null, text)
  }
})

test('answers: the account’s own before ours, English where there is none, and none where it wants none', () => {
  assert.equal(answerTo('stop'), optOutWords.en.answers.stop)
  assert.equal(answerTo('help', 'fr-CA'), optOutWords.fr.answers.help)
  assert.equal(answerTo('help', 'sw'), optOutWords.en.answers.help)
  const own = { 'fr-CA': { stop: 'Fini.' }, '*': { stop: 'Done.', help: '' } }
  assert.equal(answerTo('stop', 'fr-CA', own), 'Fini.')
  assert.equal(answerTo('stop', 'fr', own), 'Done.')
  assert.equal(answerTo('help', 'fr', own), undefined)
  assert.equal(answerTo('start', 'fr', own), optOutWords.fr.answers.start)
})

test('our answers tell what to send next, in two segments at most', () => {
  for (const language of wordLanguages) {
    const { answers } = optOutWords[language]
    assert.ok(answers.stop.includes('START') && answers.start.includes('STOP') && answers.help.includes('STOP'), language)
    for (const keyword of keywords) assert.ok(planText(answers[keyword], { maxSegments: 2 }).fits, `${language} ${keyword}`)
  }
})
