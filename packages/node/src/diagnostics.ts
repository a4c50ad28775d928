/**
 * Events for tracing, on `node:diagnostics_channel`: who subscribes sees every connection of the process, server and client.
 *
 * | channel                    | published                                                        |
 * |----------------------------|------------------------------------------------------------------|
 * | `hybi:connection:open`     | `{ connection, role }` when the opening handshake is done        |
 * | `hybi:connection:message`  | `{ connection, message }` for a whole message that was received  |
 * | `hybi:connection:not-sent` | `{ connection, data }` for a message that came after closing began |
 * | `hybi:connection:close`    | `{ connection, outcome, error }`; `error` is what broke the socket, or null |
 * | `hybi:connection:error`    | `{ connection, error }` for what a handler threw                 |
 * | `hybi:handshake:refused`   | `{ status, name, remoteAddress }` for a request that was refused |
 */
import { channel } from 'node:diagnostics_channel'

export const openChannel = channel('hybi:connection:open')
export const messageChannel = channel('hybi:connection:message')
export const notSentChannel = channel('hybi:connection:not-sent')
export const closeChannel = channel('hybi:connection:close')
export const errorChannel = channel('hybi:connection:error')
export const refusedChannel = channel('hybi:handshake:refused')
