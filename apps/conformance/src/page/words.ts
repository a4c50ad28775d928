/** Words and signs of the page: verdicts, opcodes, times, octets. */
import type { Verdict } from '../report/verdict.ts'

/** A sign and a class for each verdict: never colour alone. */
const verdictSigns: Readonly<
  Record<
    Verdict | 'NOT APPLICABLE' | 'NOT RUN',
    { readonly sign: string; readonly tone: string; readonly short: string }
  >
> = {
  OK: { sign: '✓', tone: 'ok', short: 'OK' },
  INFORMATIONAL: { sign: 'i', tone: 'info', short: 'Info' },
  'NON-STRICT': { sign: '~', tone: 'lax', short: 'Non-strict' },
  UNIMPLEMENTED: { sign: '–', tone: 'none', short: 'Unimpl.' },
  'NOT APPLICABLE': { sign: '∅', tone: 'missing', short: 'n/a' },
  'NOT RUN': { sign: '·', tone: 'missing', short: '' },
  'WRONG CODE': { sign: '#', tone: 'code', short: 'Wrong code' },
  UNCLEAN: { sign: '!', tone: 'unclean', short: 'Unclean' },
  'FAILED BY CLIENT': { sign: '✕', tone: 'failed', short: 'By client' },
  FAILED: { sign: '✕', tone: 'failed', short: 'Failed' },
}

/** Sign and class of any verdict, of an unknown one too. */
export const signOf = (
  verdict: string,
): { readonly sign: string; readonly tone: string; readonly short: string } =>
  Object.hasOwn(verdictSigns, verdict)
    ? verdictSigns[verdict as keyof typeof verdictSigns]
    : { sign: '?', tone: 'none', short: verdict.slice(0, 12) }

const opcodes: Readonly<Record<number, { readonly name: string; readonly tone: string }>> = {
  0: { name: 'Continuation', tone: 'continuation' },
  1: { name: 'Text', tone: 'text' },
  2: { name: 'Binary', tone: 'binary' },
  8: { name: 'Close', tone: 'close' },
  9: { name: 'Ping', tone: 'ping' },
  10: { name: 'Pong', tone: 'ping' },
}

/** Name and class of an opcode (RFC 6455, 11.8). */
export const opcodeOf = (opcode: number): { readonly name: string; readonly tone: string } =>
  opcodes[opcode] ?? { name: `Reserved ${opcode}`, tone: 'reserved' }

const closeCodes: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no status code',
  1006: 'closed abnormally',
  1007: 'invalid payload data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'mandatory extension',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS handshake',
}

/** `1002 protocol error` (RFC 6455, 7.4.1). */
export const formatCloseCode = (code: number): string => `${code} ${closeCodes[code] ?? ''}`.trim()

/** A time of the log: microseconds matter below a second. */
export function formatAt(at: number | null): string {
  if (at === null || !Number.isFinite(at)) return ''
  return at < 1000 ? `${at.toFixed(3)} ms` : `${(at / 1000).toFixed(4)} s`
}

/** A duration in a word: `4 ms`, `1.2 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const rest = seconds % 60
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`
}

/** `5 octets`. */
export const formatOctets = (length: number): string =>
  `${formatCount(length)} ${length === 1 ? 'octet' : 'octets'}`

/** `65 536`: digits in groups of three. */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f')

/** Hex in pairs, sixteen octets a line when `perLine` is given. */
export const spaceHex = (hex: string): string => (hex.match(/../g) ?? []).join(' ')

/** Text with control characters made visible, so that a payload cannot disorder the page. */
export const showControls = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (character) => {
    const code = character.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    return `\\u${code.toString(16).padStart(4, '0')}`
  })
