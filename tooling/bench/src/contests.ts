/** Who is measured in turns in a scenario, and what is compared. */
import { clients } from './clients/table.ts'
import type { LoadGenerators } from './load-generators.ts'
import { meets, needsOf } from './needs.ts'
import { ClientRig } from './rigs/client-rig.ts'
import { MemoryRig } from './rigs/memory-rig.ts'
import type { Rig } from './rigs/rig.ts'
import { type Certificate, ServerProcess } from './rigs/server-process.ts'
import { ServerRig } from './rigs/server-rig.ts'
import { WorkersRig } from './rigs/workers-rig.ts'
import type {
  ClientScenario,
  PlayableScenario,
  ScaleScenario,
  Scenario,
  WorkersScenario,
} from './scenarios.ts'
import { type Contestant, contestantOf, contestants } from './servers/table.ts'

/** What rigs are made with. */
export interface Equipment {
  readonly certificate: Certificate
  readonly load: LoadGenerators
}

export interface Entrant {
  readonly name: string
  readonly start: (equipment: Equipment) => Promise<Rig>
}

/** What an entrant pays: `cpu` and `time` in microseconds a message, `memory` in octets a connection. */
export type Cost = 'cpu' | 'time' | 'memory'

export interface Contest {
  readonly scenario: Scenario
  readonly entrants: readonly Entrant[]
  readonly cost: Cost
  /** Whose cost the others' is compared with. */
  readonly reference: string
  /** The reference a second time: what it differs by is noise. */
  readonly again: string
  /** Who is judged: of several the one with the worst ratio. */
  readonly subjects: readonly string[]
}

const againOf = (name: string): string => `${name}-again`

/** The contest of a scenario; null when none of the servers that were named takes part. */
export function contestOf(scenario: Scenario, names: readonly string[]): Contest | null {
  const contest = everybodyIn(scenario, names)
  const entrants =
    scenario.kind === 'scale'
      ? contest.entrants.filter(() => names.includes(scenario.server))
      : scenario.kind === 'workers'
        ? contest.entrants.filter(() => names.includes('hybi'))
        : contest.entrants.filter(({ name }) => names.includes(name))
  return entrants.length === 0 ? null : { ...contest, entrants }
}

function everybodyIn(scenario: Scenario, names: readonly string[]): Contest {
  switch (scenario.kind) {
    case 'scale':
      return scaleContest(scenario)
    case 'client':
      return clientContest(scenario)
    case 'workers':
      return workersContest(scenario)
    default:
      return serverContest(scenario, names)
  }
}

function serverContest(scenario: PlayableScenario, names: readonly string[]): Contest {
  const needs = needsOf(scenario)
  const fromElsewhere = names.flatMap((name) => (name.includes('@') ? (contestantOf(name) ?? []) : []))
  const entrants = [...contestants, ...fromElsewhere]
    .filter(({ can }) => meets(can, needs))
    .map((contestant) => ({
      name: contestant.name,
      start: (equipment: Equipment) => startServerRig(contestant, scenario, equipment),
    }))
  const cost = scenario.kind === 'memory' ? 'memory' : 'cpu'
  return { scenario, entrants, cost, reference: 'ws', again: againOf('ws'), subjects: ['hybi'] }
}

async function startServerRig(
  contestant: Contestant,
  scenario: PlayableScenario,
  { certificate, load }: Equipment,
): Promise<Rig> {
  const startServer = (): Promise<ServerProcess> => ServerProcess.start(contestant, scenario, certificate)
  return scenario.kind === 'memory'
    ? new MemoryRig(startServer, load, scenario)
    : new ServerRig(await startServer(), load, scenario)
}

/** Each number of connections has a server process of its own. */
function scaleContest(scenario: ScaleScenario): Contest {
  const entrant = (connections: number, name = String(connections)): Entrant => ({
    name,
    start: (equipment) =>
      startServerRig(contestant(scenario.server), { ...scenario.load, connections }, equipment),
  })
  const reference = String(scenario.reference)
  return {
    scenario,
    entrants: [
      ...scenario.counts.map((count) => entrant(count)),
      entrant(scenario.reference, againOf(reference)),
    ],
    cost: 'cpu',
    reference,
    again: againOf(reference),
    subjects: scenario.counts.filter((count) => count !== scenario.reference).map(String),
  }
}

/** Clients talk to our echo server, each to a process of its own. */
function clientContest(scenario: ClientScenario): Contest {
  const server: PlayableScenario = {
    ...scenario,
    kind: 'echo',
    active: 0,
    fragments: 1,
    tls: false,
    deflate: false,
    strings: false,
  }
  const entrants = clients.map(({ name }) => ({
    name,
    start: async ({ certificate }: Equipment) =>
      new ClientRig(name, await ServerProcess.start(contestant('hybi'), server, certificate), scenario),
  }))
  return { scenario, entrants, cost: 'cpu', reference: 'ws', again: againOf('ws'), subjects: ['hybi'] }
}

function workersContest({ load: scenario, ...rest }: WorkersScenario): Contest {
  const entrant = (count: number, name = String(count)): Entrant => ({
    name,
    start: ({ load }) => WorkersRig.start(count, load, scenario),
  })
  return {
    scenario: { ...rest, load: scenario },
    entrants: [...rest.counts.map((count) => entrant(count)), entrant(1, againOf('1'))],
    cost: 'time',
    reference: '1',
    again: againOf('1'),
    subjects: [String(rest.counts.at(-1))],
  }
}

function contestant(name: string): Contestant {
  const found = contestantOf(name)
  if (found === undefined) throw new Error(`no server is called ${name}`)
  return found
}
