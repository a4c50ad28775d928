/** Category 4: opcodes that RFC 6455 5.2 reserves. */
import type { CaseDraft } from './case.ts'
import { ECHO_THEN_FAILURE, FAILURE, mustEchoThenFail, mustFail } from './failing.ts'
import { type FrameOptions, frame, ping, text } from './step.ts'

const HELLO = 'Hello, world!'

function reservedOpcode(
  id: string,
  section: string,
  opcode: number,
  payload: string,
  after?: FrameOptions,
): CaseDraft {
  const content = payload === '' ? 'without payload' : 'with payload'
  const bare = after === undefined
  const chopped = after?.chop === undefined ? '' : '; every octet is written by itself'
  return {
    id,
    section,
    title: `opcode ${opcode} ${content}${bare ? '' : ' after a good message'}`,
    description: bare
      ? `A frame with the reserved opcode ${opcode}, ${content}.`
      : `A small text, a frame with the reserved opcode ${opcode} ${content}, then a ping${chopped}.`,
    expectation: bare ? FAILURE : ECHO_THEN_FAILURE,
    plan: bare
      ? mustFail(frame(opcode, payload))
      : mustEchoThenFail(HELLO, text(HELLO, after), frame(opcode, payload, after), ping('', after)),
  }
}

const DATA = 'Reserved data opcodes'
const CONTROL = 'Reserved control opcodes'
const PAYLOAD = 'reserved opcode payload'

export const opcodes: readonly CaseDraft[] = [
  reservedOpcode('4.1.1', DATA, 3, ''),
  reservedOpcode('4.1.2', DATA, 4, PAYLOAD),
  reservedOpcode('4.1.3', DATA, 5, '', {}),
  reservedOpcode('4.1.4', DATA, 6, HELLO, {}),
  reservedOpcode('4.1.5', DATA, 7, HELLO, { chop: 1 }),
  reservedOpcode('4.2.1', CONTROL, 11, ''),
  reservedOpcode('4.2.2', CONTROL, 12, PAYLOAD),
  reservedOpcode('4.2.3', CONTROL, 13, '', {}),
  reservedOpcode('4.2.4', CONTROL, 14, HELLO, {}),
  reservedOpcode('4.2.5', CONTROL, 15, HELLO, { chop: 1 }),
]
