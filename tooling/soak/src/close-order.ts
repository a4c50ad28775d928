/** The words with which a peer asks the server to close. */

export interface CloseOrder {
  readonly code: number
  readonly reason: string
}

export const formatOrder = ({ code, reason }: CloseOrder): string => `close:${code}:${reason}`

/** Null when a text is no such order. */
export function readOrder(text: string): CloseOrder | null {
  const match = /^close:(\d{4}):(.*)$/s.exec(text)
  return match === null ? null : { code: Number(match[1]), reason: match[2] ?? '' }
}
