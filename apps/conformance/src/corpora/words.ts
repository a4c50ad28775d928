/** Invented words and sentences: text that compresses as text does and belongs to nobody. */
import { Random } from './random.ts'

const STARTS = [
  'b',
  'br',
  'd',
  'dr',
  'f',
  'g',
  'gl',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'r',
  's',
  'st',
  't',
  'tr',
  'v',
  'w',
]
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ei', 'ou', 'ie']
const ENDS = ['', '', 'l', 'm', 'n', 'nd', 'r', 's', 'st', 't', 'ng']

export function makeWords(seed: number, count: number): string[] {
  const random = new Random(seed)
  const words = new Set<string>()
  while (words.size < count) {
    const syllables = 1 + random.below(3)
    let word = ''
    for (let i = 0; i < syllables; i++) word += random.pick(STARTS) + random.pick(VOWELS) + random.pick(ENDS)
    words.add(word)
  }
  return [...words]
}

/** Words are used as people use them: a few often, most seldom. */
const FREQUENCY_BIAS = 4

export function makeSentence(random: Random, words: readonly string[]): string {
  const length = 4 + random.below(12)
  const parts = Array.from({ length }, () => random.pick(words, FREQUENCY_BIAS))
  const comma = random.below(length)
  const sentence = parts
    .map((word, index) => (index === comma && index < length - 1 ? `${word},` : word))
    .join(' ')
  return `${sentence[0].toUpperCase()}${sentence.slice(1)}${random.below(8) === 0 ? '?' : '.'}`
}
