/** The verdict on the end of the connection, in Autobahn's order of questions. Pure. */
import type { Observation } from '../observation.ts'
import { toPayloadText } from '../peer/payload-text.ts'
import type { CloseBehavior, ExpectedClose } from '../record.ts'

export interface CloseVerdict {
  readonly behaviorClose: CloseBehavior
  readonly resultClose: string
}

/** Who ended what: in sentences. */
const endpoint = (byMe: boolean): string => (byMe ? 'the runner' : 'the endpoint')

function describeRemoteClose({ remoteClose }: Observation): string {
  if (remoteClose === null) return 'nobody: TCP ended'
  const { code, reason } = remoteClose
  if (code === null) return 'the endpoint, without a status'
  return `the endpoint, with ${code}${reason.length === 0 ? '' : ` (${toPayloadText(reason)})`}`
}

export function judgeClosing(expected: ExpectedClose, seen: Observation): CloseVerdict {
  if (!seen.opening.completed)
    return verdict('FAILED', `The opening handshake was not done: ${seen.opening.failure}`)
  if (seen.closedByMe !== expected.closedByMe)
    return verdict(
      'FAILED',
      `The close was to be started by ${endpoint(expected.closedByMe)} but was started by ${
        seen.closedByMe ? 'the runner' : describeRemoteClose(seen)
      }.`,
    )
  if (expected.requireClean && !seen.wasClean)
    return verdict('UNCLEAN', `The connection had to end cleanly: ${seen.wasNotCleanReason ?? 'it did not'}.`)
  const code = seen.remoteClose?.code ?? null
  if (code !== null && !expected.closeCode.includes(code))
    return verdict('WRONG CODE', `Status ${code} came, expected was ${expected.closeCode.join(' or ')}.`)
  if (seen.role === 'server' && seen.droppedByMe)
    return verdict('FAILED BY CLIENT', 'The server did not end TCP, the runner had to.')
  return verdict('OK', 'The connection ended as it should.')
}

const verdict = (behaviorClose: CloseBehavior, resultClose: string): CloseVerdict => ({
  behaviorClose,
  resultClose,
})
