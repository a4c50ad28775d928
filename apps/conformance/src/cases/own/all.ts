/** The own categories: a letter each, so that no id can be taken for one of Autobahn's. */
import { closingOwn } from './closing-own.ts'
import { deflateOwn } from './deflate-own.ts'
import { clientHandshake } from './handshake-client.ts'
import { serverHandshake } from './handshake-server.ts'
import { lengths } from './lengths.ts'
import { limitsOwn } from './limits-own.ts'
import { masking } from './masking.ts'
import { negotiation } from './negotiation.ts'
import { type OwnDraft, toDraft } from './own.ts'
import { pingsOwn } from './pings-own.ts'
import { slow } from './slow.ts'
import { tls } from './tls.ts'
import { utf8Own } from './utf8-own.ts'

const CATEGORIES = [
  { letter: 'M', title: 'Masking', cases: masking },
  { letter: 'L', title: 'Length encodings', cases: lengths },
  { letter: 'U', title: 'UTF-8, further', cases: utf8Own },
  { letter: 'K', title: 'Closing, further', cases: closingOwn },
  { letter: 'S', title: 'Size limits', cases: limitsOwn },
  { letter: 'P', title: 'Pings and pongs, further', cases: pingsOwn },
  { letter: 'W', title: 'Slow and busy peers', cases: slow },
  { letter: 'D', title: 'permessage-deflate, further', cases: [...deflateOwn, ...negotiation] },
  // Last: a client driver that stops when a connection cannot be opened has done everything else by then.
  { letter: 'H', title: 'Opening handshake', cases: [...serverHandshake, ...clientHandshake] },
  { letter: 'T', title: 'TLS', cases: tls },
] as const

export const ownDrafts: readonly (OwnDraft & { readonly category: string })[] = CATEGORIES.flatMap(
  ({ letter, title, cases }) => cases.map((own) => ({ ...toDraft(letter, own), category: title })),
)
