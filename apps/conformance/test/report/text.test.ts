import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  escapeHtml,
  escapeJsonForHtml,
  escapeMarkdown,
  escapeXml,
  toLogName,
  toOneLine,
} from '../../src/report/text.ts'

const anything = fc.string({ unit: 'binary', maxLength: 60 })

describe('words of the peer', () => {
  it('cannot become HTML', () => {
    expect(escapeHtml(`<a href="x" id='y'>&`)).toBe('&#60;a href=&#34;x&#34; id=&#39;y&#39;&#62;&#38;')
    fc.assert(
      fc.property(anything, (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/)
      }),
    )
  })

  it('cannot become XML, and characters that XML cannot hold are replaced', () => {
    expect(escapeXml('a\u0000b\u001b[31m\ud800<')).toBe('a\ufffdb\ufffd[31m\ufffd&#60;')
    fc.assert(
      fc.property(anything, (text) => {
        expect(escapeXml(text)).not.toMatch(
          /[<>"'\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u,
        )
      }),
    )
  })

  it('cannot leave a cell of a Markdown table, mark anything up or mention anyone', () => {
    expect(escapeMarkdown('a|b\n# c')).toBe('a\\|b \\# c')
    expect(escapeMarkdown('<img src=x>')).toBe('&#60;img src=x&#62;')
    expect(escapeMarkdown('@octocat https://x')).toBe('&#64;octocat https&#58;//x')
    fc.assert(
      fc.property(anything, (text) => {
        const escaped = escapeMarkdown(text)
        expect(escaped).not.toMatch(/[\r\n<>@]/)
        expect(escaped.replace(/\\[\s\S]/g, '')).not.toMatch(/[|`*_[\]]/)
      }),
    )
  })

  it('stay on one line of a terminal, without escape sequences and overriding directions', () => {
    expect(toOneLine('a\r\nb\u001b[2Jc\u202ed')).toBe('a b\\x1b[2Jc\\x202ed')
    fc.assert(
      fc.property(anything, (text) => {
        expect(toOneLine(text)).not.toMatch(
          /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/,
        )
      }),
    )
  })

  it('cannot be a command to GitHub at the beginning of a line', () => {
    expect(toLogName('::add-mask::x')).toBe(': :add-mask: :x')
  })

  it('cannot end a script element, and are the same JSON', () => {
    fc.assert(
      fc.property(fc.oneof(anything, fc.constant('</script><!--')), (text) => {
        const escaped = escapeJsonForHtml(JSON.stringify({ text }))
        expect(escaped).not.toMatch(/[<>&\u2028\u2029]/)
        expect(JSON.parse(escaped)).toEqual({ text })
      }),
    )
  })
})
