/** The table of findings as Markdown. Pure. */
import type { Finding } from './finding.ts'

const MIB = 1024 * 1024

const escapeCell = (text: string): string =>
  text
    .replace(
      /[\u0000-\u001f\u007f-\uffff]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll('|', '\\|')
    .slice(0, 120)

const wait = (ms: number): string => (Number.isFinite(ms) ? `${ms.toFixed(0)} ms` : '–')

const rowOf = ({ behaviour, outcome, growth, bystanderMs, faults, scheme }: Finding): string =>
  `| ${[
    behaviour.id,
    scheme,
    escapeCell(behaviour.title),
    behaviour.section,
    escapeCell(behaviour.accepts.join(' or ')),
    escapeCell(outcome),
    `${(growth / MIB).toFixed(1)} MiB`,
    wait(bystanderMs),
    faults.length === 0 ? 'passed' : `**failed**: ${escapeCell(faults.join('; '))}`,
  ].join(' | ')} |`

/** One table a role. */
export function toMarkdown(findings: readonly Finding[]): string {
  return (['server', 'client'] as const)
    .filter((role) => findings.some((finding) => finding.role === role))
    .map((role) => {
      const own = findings.filter((finding) => finding.role === role)
      const names = new Set(own.map(({ behaviour }) => behaviour.id)).size
      return [
        `## Against the ${role}: ${names} behaviours, ${own.length} runs`,
        '',
        '| behaviour | over | what is done | laid down in | acceptable | what happened | growth | longest wait of a bystander | |',
        '| --- | --- | --- | --- | --- | --- | ---: | ---: | --- |',
        ...own.map(rowOf),
        '',
      ].join('\n')
    })
    .join('\n')
}
