/** Values of Sec-WebSocket-Extensions, in and out of the grammar. */
import type { Random } from '../random.ts'

const NAMES = [
  'permessage-deflate',
  'permessage-deflate',
  'x-other',
  '__proto__',
  'a',
  'constructor',
  'toString',
]
const PARAMETERS = [
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
  '__proto__',
  'x',
]
const VALUES = [
  '8',
  '9',
  '15',
  '10',
  '7',
  '16',
  '08',
  '0xf',
  '1e1',
  '"12"',
  '"1\\2"',
  '""',
  '"',
  '"a b"',
  '+9',
  ' 9',
  '',
  'x',
]
const PIECES = [',', ';', '=', '"', '\\', ' ', '\t', 'a', '\x80', '"\\"', ', ,', ';;', 'permessage-deflate; ']

export function randomExtensions(random: Random): string {
  const elements = Array.from({ length: 1 + random.size(3) }, () => randomElement(random))
  let text = elements.join(random.oneIn(8) ? ' ,, ' : ', ')
  if (random.oneIn(4)) {
    const at = random.below(text.length + 1)
    text = text.slice(0, at) + random.pick(PIECES) + text.slice(at + random.below(2))
  }
  return random.oneIn(100) ? text + random.pick(PIECES).repeat(random.below(4000)) : text
}

function randomElement(random: Random): string {
  let text = random.pick(NAMES)
  for (let left = random.size(4); left > 0; left--) {
    text += `${random.oneIn(8) ? ' ' : ''}; ${random.pick(PARAMETERS)}`
    if (random.oneIn(2)) text += `=${random.pick(VALUES)}`
  }
  return text
}
