/** Our client by its public API, default limits and timeouts. */
import { connect } from '@hybi/node'
import type { OpenConnection } from './client.ts'

export const open: OpenConnection = async (url, onMessage) => {
  const connection = await connect(url, {}, { message: (_connection, { bytes }) => onMessage(bytes) })
  return {
    send: (message) => {
      connection.send(message)
    },
    close: async () => {
      await connection.close()
    },
  }
}
