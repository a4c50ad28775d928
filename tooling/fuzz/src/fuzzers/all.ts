/** The fuzzers by name. */
import type { Fuzzer } from '../fuzzer.ts'
import { deflateParts, deflateWhole } from './deflate-decode.ts'
import { deflateRoundTrip } from './deflate-round-trip.ts'
import { extensions } from './extensions.ts'
import { frameReader } from './frame-reader.ts'
import { frameWriter } from './frame-writer.ts'
import { requestHead, responseHead } from './heads.ts'
import { liveClient } from './live-client.ts'
import { liveServer } from './live-server.ts'
import { session } from './session.ts'
import { sessionCommands } from './session-commands.ts'
import { sessionMemory } from './session-memory.ts'
import { sessionPair } from './session-pair.ts'
import { utf8 } from './utf8.ts'
import { versusUndici, versusWs } from './versus.ts'

export const fuzzers: readonly Fuzzer[] = [
  utf8,
  frameReader,
  frameWriter,
  requestHead,
  responseHead,
  extensions,
  session,
  sessionCommands,
  sessionMemory,
  sessionPair,
  deflateWhole,
  deflateParts,
  deflateRoundTrip,
  versusWs,
  versusUndici,
  liveServer,
  liveClient,
]
