/** What the servers of a soak do: echo, and close when they are asked to. */
import type { Connection, ConnectionHandlers, Message } from '@hybi/node'
import { readOrder } from './close-order.ts'

const LONGEST_ORDER = 200

export const echo: ConnectionHandlers<unknown> = {
  message: (connection: Connection, message: Message) => {
    const order = message.binary || message.size > LONGEST_ORDER ? null : readOrder(message.text)
    if (order === null) connection.send(message)
    else void connection.close(order.code, order.reason)
  },
}
