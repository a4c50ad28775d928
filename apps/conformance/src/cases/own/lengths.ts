/** L: payload lengths (RFC 6455 5.2): in the fewest octets, in both directions. */
import { binary, ping, repeat, type Step, text, until } from '../step.ts'
import type { OwnCase } from './own.ts'
import {
  echoes,
  echoesNothing,
  FAILURE_CODES,
  failsConnection,
  pongs,
  usesMinimalLengths,
} from './requirements.ts'

const MINIMAL = 'RFC 6455 5.2'
const AMBIGUOUS =
  'Two ways to write one length are two things to look at for filters and one for endpoints: the RFC allows only the shortest.'

const wrong = (
  id: string,
  title: string,
  description: string,
  send: Step,
  reason = AMBIGUOUS,
  codes: readonly number[] = FAILURE_CODES,
): OwnCase => ({
  id,
  section: 'Lengths that are not minimal',
  title,
  description,
  severity: 'MUST',
  rule: MINIMAL,
  reason,
  steps: [send, until({ seen: 'close' }, 1000)],
  requires: [failsConnection(codes), echoesNothing, pongs()],
  closesAtEnd: false,
  patienceMs: 1200,
})

const BORDERS = [0, 125, 126, 65_535, 65_536]

export const lengths: readonly OwnCase[] = [
  wrong(
    '1.1',
    '5 in 16 bits',
    'A text of five octets whose length takes two more octets.',
    text('short', { lengthBytes: 2 }),
  ),
  wrong(
    '1.2',
    '125 in 16 bits',
    'A binary message of 125 octets whose length takes two more octets.',
    binary(repeat('x', 125), { lengthBytes: 2 }),
  ),
  wrong(
    '1.3',
    '5 in 64 bits',
    'A text of five octets whose length takes eight more octets.',
    text('short', { lengthBytes: 8 }),
  ),
  wrong(
    '1.4',
    '65535 in 64 bits',
    'A text of 65 535 octets whose length takes eight more octets.',
    text(repeat('x', 65_535), { lengthBytes: 8 }),
  ),
  wrong(
    '1.5',
    'ping of 5 in 16 bits',
    'A ping of five octets whose length takes two more octets.',
    ping('short', { lengthBytes: 2 }),
  ),
  wrong(
    '1.6',
    'ping of 5 in 64 bits',
    'A ping of five octets whose length takes eight more octets.',
    ping('short', { lengthBytes: 8 }),
  ),
  wrong(
    '1.7',
    'most significant bit',
    'The header of a binary message that claims 2^63 octets, and nothing else.',
    binary('', { lengthBytes: 8, declaredLength: 2n ** 63n, headerOnly: true }),
    'The length is a number of 63 bits; with the top bit set it is negative for half of all implementations.',
  ),
  wrong(
    '1.8',
    'most significant bit and a small rest',
    'The header of a text that claims 2^63 + 5 octets, and five octets.',
    text('short', { lengthBytes: 8, declaredLength: 2n ** 63n + 5n }),
    'Whoever reads only the lower half of the length takes this for a message of five octets.',
  ),
  {
    ...wrong(
      '1.9',
      'status of the most significant bit',
      'The header of a binary message that claims 2^63 octets, and nothing else.',
      binary('', { lengthBytes: 8, declaredLength: 2n ** 63n, headerOnly: true }),
      'It is not a message that is too big, but a length that cannot be written: a protocol error.',
      [1002],
    ),
    severity: 'SHOULD',
  },
  {
    id: '2.1',
    section: 'The lengths of the endpoint',
    title: 'on both sides of each border',
    description: `Binary messages of ${BORDERS.join(', ')} octets: the lengths of the echoes are looked at.`,
    severity: 'MUST',
    rule: MINIMAL,
    reason: AMBIGUOUS,
    steps: [
      ...BORDERS.map((length) => binary(repeat('y', length))),
      until({ seen: 'message', count: BORDERS.length }, 3000),
    ],
    requires: [
      echoes(...BORDERS.map((length) => ({ payload: repeat('y', length), binary: true }))),
      usesMinimalLengths,
    ],
  },
  {
    id: '2.2',
    section: 'The lengths of the endpoint',
    title: 'headers octet by octet',
    description: 'Binary messages of 200 and 70 000 octets, written one and three octets at a time.',
    severity: 'MUST',
    rule: 'RFC 6455 5.2',
    reason: 'A header may be cut anywhere: in the length, in the masking key.',
    steps: [
      binary(repeat('z', 200), { chop: 1 }),
      binary(repeat('z', 70_000), { chop: 3 }),
      until({ seen: 'message', count: 2 }, 5000),
    ],
    requires: [
      echoes({ payload: repeat('z', 200), binary: true }, { payload: repeat('z', 70_000), binary: true }),
    ],
    heavy: true,
  },
]
