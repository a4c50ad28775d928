/** The closing handshake against peers that do it wrong, late, twice or not at all (RFC 6455 5.5.1, 7). */
import { type Behaviour, behaviour, type Outcome } from '../behaviour.ts'
import { closeBody, Opcode, type Role, type Writer, writerFor } from '../peer/frames.ts'
import { endOf, provoke } from './frames.ts'

const BOTH = ['ws', 'wss'] as const

const codeRow = (write: Writer, code: number, accepts: readonly Outcome[]): Behaviour =>
  behaviour({
    id: `close.code-${code}`,
    title: `Close ${code}`,
    section: 'RFC 6455 7.4',
    schemes: BOTH,
    accepts,
    attack: (arena) => provoke(arena, write.frame({ opcode: Opcode.CLOSE }, closeBody(code, 'why'))),
  })

const LEGAL = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
const ILLEGAL = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]

const row = (
  id: string,
  title: string,
  accepts: readonly Outcome[],
  attack: Behaviour['attack'],
  more: Partial<Behaviour> = {},
): Behaviour =>
  behaviour({ id: `close.${id}`, title, section: 'RFC 6455 7.1', schemes: BOTH, accepts, attack, ...more })

/** The closings, for an endpoint of either role. */
export function closingBehaviours(role: Role): readonly Behaviour[] {
  const write = writerFor(role)
  const close = (code = 1000): Uint8Array => write.frame({ opcode: Opcode.CLOSE }, closeBody(code))
  const text = write.frame({ opcode: Opcode.TEXT }, 'x')
  return [
    ...LEGAL.map((code) => codeRow(write, code, [`close ${code}`, 'close 1000'])),
    ...ILLEGAL.map((code) => codeRow(write, code, ['close 1002'])),
    row('empty', 'a Close without a body', ['close 1005', 'close 1000'], (arena) =>
      provoke(arena, write.frame({ opcode: Opcode.CLOSE })),
    ),
    row('one-octet', 'a Close with a body of one octet', ['close 1002'], (arena) =>
      provoke(arena, write.frame({ opcode: Opcode.CLOSE }, Uint8Array.of(3))),
    ),
    row('reason-123', 'a reason of 123 octets (right)', ['close 1000'], (arena) =>
      provoke(arena, write.frame({ opcode: Opcode.CLOSE }, closeBody(1000, 'a'.repeat(123)))),
    ),
    row(
      'same-segment',
      'a message and Close in one segment: echo, then Close',
      ['echo, close 1000'],
      async (arena) => {
        const peer = await arena.open()
        await peer.send(text, close())
        await endOf(arena, peer)
        return `${peer.messages.length === 1 ? 'echo' : 'no echo'}, ${peer.outcome()}`
      },
    ),
    row(
      'data-after',
      'messages and garbage behind the Close are ignored',
      ['close 1000, 0 echoes'],
      async (arena) => {
        const peer = await arena.open()
        await peer.send(close(), text, text, Buffer.alloc(65_536, 0xff))
        await endOf(arena, peer)
        return `${peer.outcome()}, ${peer.messages.length} echoes`
      },
    ),
    row('twice', 'two Closes', ['close 1000, 1 Close'], async (arena) => {
      const peer = await arena.open()
      await peer.send(close(), close(1001))
      await endOf(arena, peer)
      return `${peer.outcome()}, ${peer.frames.length} Close`
    }),
    row('flood', '100,000 Closes behind the first are ignored', ['close 1000, 1 Close'], async (arena) => {
      const peer = await arena.open()
      await peer.send(close(), Buffer.concat(Array.from({ length: 100_000 }, () => close(1001))))
      await endOf(arena, peer)
      return `${peer.outcome()}, ${peer.frames.length} Close`
    }),
    row('in-message', 'a Close within a fragmented message', ['close 1000'], (arena) =>
      provoke(arena, write.frame({ opcode: Opcode.TEXT, fin: false }, 'a'), close()),
    ),
    row('fin', 'FIN without Close', ['fin'], async (arena) => {
      const peer = await arena.open()
      peer.socket.end()
      await peer.untilEnded()
      return peer.outcome()
    }),
    row('fin-in-frame', 'FIN in the middle of a frame', ['fin', 'close 1002'], async (arena) => {
      const peer = await arena.open()
      await peer.send(text.subarray(0, -1))
      peer.socket.end()
      await peer.untilEnded()
      return peer.outcome()
    }),
    row('fin-after-close', 'Close and FIN in one go', ['close 1000'], async (arena) => {
      const peer = await arena.open()
      peer.socket.end(close())
      await peer.untilEnded()
      return peer.outcome()
    }),
    ...(['head', 'open', 'message', 'close'] as const).map((phase) =>
      row(
        `reset-${phase}`,
        `RST ${{ head: 'in the middle of the head', open: 'right after the handshake', message: 'in the middle of a message', close: 'right behind the Close' }[phase]}`,
        ['gone'],
        async (arena) => {
          const peer = phase === 'head' ? await arena.dial() : await arena.open()
          if (phase === 'head') await peer.send('GET / HTTP/1.1\r\nHost')
          if (phase === 'message')
            await peer.send(write.frame({ opcode: Opcode.BINARY }, Buffer.alloc(100_000)).subarray(0, 50_000))
          if (phase === 'close') await peer.send(close())
          peer.socket.resetAndDestroy()
          return 'gone'
        },
        { schemes: ['ws'] },
      ),
    ),
    row(
      'never-ends',
      'a peer that answers a failure with nothing and keeps TCP open',
      ['close 1002, ended in time'],
      async (arena) => {
        const peer = await arena.open()
        peer.socket.allowHalfOpen = true
        await peer.send(write.frame({ opcode: 3 }))
        await peer.until(() => peer.closeCode !== null)
        const gone = new Promise<boolean>((resolve) => {
          const timer = setInterval(() => {
            if (!peer.socket.destroyed) peer.socket.write(text, () => undefined)
          }, 50)
          const late = setTimeout(() => {
            clearInterval(timer)
            resolve(false)
          }, arena.timeouts.closeTotalMs + 3000)
          peer.socket.once('close', () => {
            clearInterval(timer)
            clearTimeout(late)
            resolve(true)
          })
        })
        return `${peer.outcome()}, ${(await gone) ? 'ended in time' : 'still open'}`
      },
    ),
  ]
}
