/** Autobahn's driver protocol: what a client under test asks of the fuzzing server, read from the request target. */

export type Route =
  | { readonly to: 'getCaseCount' }
  | { readonly to: 'getCaseInfo'; readonly position: number }
  | { readonly to: 'getCaseStatus'; readonly position: number; readonly agent: string }
  | { readonly to: 'runCase'; readonly position: number; readonly agent: string }
  | { readonly to: 'updateReports'; readonly agent: string }
  | { readonly to: 'nowhere'; readonly reason: string }

const ANONYMOUS = 'UnknownClient'

/** @param target as on the request line; `count` the number of cases, which are counted from 1 */
export function parseRoute(target: string, count: number): Route {
  const at = target.indexOf('?')
  const path = (at < 0 ? target : target.slice(0, at)).replace(/^\//, '')
  const query = new URLSearchParams(at < 0 ? '' : target.slice(at + 1))
  const agent = query.get('agent') ?? ANONYMOUS
  if (path === 'getCaseCount') return { to: path }
  if (path === 'updateReports') return { to: path, agent }
  if (path !== 'runCase' && path !== 'getCaseInfo' && path !== 'getCaseStatus')
    return {
      to: 'nowhere',
      reason: `there is nothing at ${target}: ask for /getCaseCount, /runCase?case=1&agent=name, /getCaseInfo, /getCaseStatus or /updateReports`,
    }
  const position = Number(query.get('case'))
  if (!Number.isInteger(position) || position < 1 || position > count)
    return {
      to: 'nowhere',
      reason: `case must be a number from 1 to ${count}, not ${query.get('case') ?? 'missing'}`,
    }
  return path === 'getCaseInfo' ? { to: path, position } : { to: path, position, agent }
}
