/** The command line: what may be said, what it means, and what is wrong with it in one line. */
import { Command, InvalidArgumentError, Option } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { type LogFormat, type LogLevel, logFormats, logLevels } from './log.ts'

export interface EchoOptions {
  readonly host: string
  readonly port: number
  readonly tlsPort: number
  /** Serve wss:// */
  readonly tls: boolean
  /** Serve ws:// */
  readonly plain: boolean
  /** PEM file; both or neither. Without them a certificate is made at start. */
  readonly cert?: string
  readonly key?: string
  /** The one path that is a socket, as it stands in requests; without it every path is. */
  readonly path?: string
  readonly deflate: boolean
  /** Octets. */
  readonly maxMessageSize: number
  readonly origin: '*' | readonly string[]
  readonly workers: number
  readonly drainTimeout: number
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
}

const MAX_PORT = 65_535
const DEFAULT_MAX_MESSAGE_SIZE = 16 * 1024 * 1024

/** A whole number between two bounds, written in decimal digits. */
const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }

function address(text: string): string {
  if (text !== '') return text
  // To Node it means every address of the machine; a shell writes it where a variable is not set.
  throw new InvalidArgumentError('It must not be empty.')
}

function originList(text: string): '*' | readonly string[] {
  if (text === '*') return '*'
  const origins = text.split(',').map((origin) => origin.trim())
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new InvalidArgumentError(`"${origin}" is not an origin such as https://example.com, nor is it *.`)
    }
  }
  return origins
}

/** The path as clients send it: `/%C3%A4` for `/ä`. */
function socketPath(text: string): string {
  if (/^\/[^?#]*$/.test(text)) return new URL(`ws://localhost${text}`).pathname
  throw new InvalidArgumentError('It must begin with / and hold no query.')
}

/** Commander says what is wrong on one line, and what may have been meant on another. */
const asOneLine = (text: string): string =>
  `${text
    .trimEnd()
    .replace(/^error: /, 'hybi-echo: ')
    .replaceAll('\n', ' ')}\n`

/** The program; `run` is called with what was said once all of it is right. */
export const commandLine = (run: (options: EchoOptions) => Promise<void>): Command =>
  new Command('hybi-echo')
    .description('A WebSocket echo server on ws:// and wss://, to try any client against.')
    .option('--host <address>', 'address to listen on', address, '127.0.0.1')
    .option('--port <n>', 'port for ws://; 0 picks a free one', wholeNumber(0, MAX_PORT), 9001)
    .option('--tls-port <n>', 'port for wss://; 0 picks a free one', wholeNumber(0, MAX_PORT), 9002)
    .option('--no-tls', 'do not serve wss://')
    .option('--no-plain', 'do not serve ws://')
    .option('--cert <file>', 'certificate for wss://, PEM (without it one is made at start)')
    .option('--key <file>', 'private key of the certificate, PEM')
    .option('--path <path>', 'the one path that is a socket (without it every path is)', socketPath)
    .option('--no-deflate', 'do not compress (permessage-deflate)')
    .option(
      '--max-message-size <bytes>',
      'largest message, inclusive',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
      DEFAULT_MAX_MESSAGE_SIZE,
    )
    .option(
      '--origin <list>',
      'origins of pages that may connect, separated by commas; * lets every page in, which suits a test server only',
      originList,
      '*',
    )
    .option('--workers <n>', 'processes that share the ports', wholeNumber(1, 1024), 1)
    .option(
      '--drain-timeout <ms>',
      'how long open connections may take to close after SIGINT or SIGTERM',
      wholeNumber(0, 3_600_000),
      5000,
    )
    .addOption(new Option('--log-level <level>', 'what to log').choices(logLevels).default('info'))
    .addOption(new Option('--log-format <format>', 'how to log').choices(logFormats).default('text'))
    .version(packageJson.version)
    .configureOutput({ outputError: (text, write) => write(asOneLine(text)) })
    .exitOverride()
    .action((options: EchoOptions, command: Command) => {
      if (!options.tls && !options.plain)
        command.error('error: --no-tls and --no-plain leave nothing to serve')
      if ((options.cert === undefined) !== (options.key === undefined)) {
        command.error('error: --cert and --key go together')
      }
      return run(options)
    })
