/** Our client by its public API, default settings but for permessage-deflate. */
import { ConnectError, ConnectRefusedError, connect } from '@hybi/node'
import type { ClientUnderTest } from '../drive-client.ts'

const OPTIONS = { permessageDeflate: true, tls: { rejectUnauthorized: false } }

/** Refusals are what some cases are about: the runner has seen what it wanted to see. */
function forgiveRefusal(error: unknown): void {
  if (!(error instanceof ConnectRefusedError || error instanceof ConnectError)) throw error
}

export const client: ClientUnderTest = {
  echo: async (url) => {
    try {
      const connection = await connect(url, OPTIONS, {
        message: (own, message) => {
          own.send(message)
        },
      })
      await connection.closed
    } catch (error) {
      forgiveRefusal(error)
    }
  },
  read: async (url) => {
    let text = ''
    const connection = await connect(url, OPTIONS, {
      message: (_own, message) => {
        text = message.text
      },
    })
    await connection.closed
    return text
  },
}
