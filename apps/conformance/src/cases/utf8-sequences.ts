/**
 * Octet sequences of categories 6.5 to 6.23, as hex: the stress cases that Markus Kuhn's UTF-8 decoder test made known.
 * Which of them are valid is not written here: RFC 3629 says it.
 */

export interface SequenceGroup {
  /** The second part of the case ids. */
  readonly group: number
  readonly section: string
  readonly list: readonly string[]
}

export const sequences: readonly SequenceGroup[] = [
  {
    group: 5,
    section: 'Valid sequences of every length',
    list: [
      '68656c6c6f24776f726c64',
      '68656c6c6fc2a2776f726c64',
      '68656c6c6fe282ac776f726c64',
      '68656c6c6ff0a4ada2776f726c64',
      'cebae1bdb9cf83cebcceb5',
    ],
  },
  {
    group: 6,
    section: 'All prefixes of a word of multi-octet code points',
    list: [
      'ce',
      'ceba',
      'cebae1',
      'cebae1bd',
      'cebae1bdb9',
      'cebae1bdb9cf',
      'cebae1bdb9cf83',
      'cebae1bdb9cf83ce',
      'cebae1bdb9cf83cebc',
      'cebae1bdb9cf83cebcce',
      'cebae1bdb9cf83cebcceb5',
    ],
  },
  { group: 7, section: 'First code point of each length', list: ['00', 'c280', 'e0a080', 'f0908080'] },
  { group: 8, section: 'First sequences of five and six octets', list: ['f888808080', 'fc8480808080'] },
  { group: 9, section: 'Last code point of each length', list: ['7f', 'dfbf', 'efbfbf', 'f48fbfbf'] },
  {
    group: 10,
    section: 'Last sequences of four, five and six octets',
    list: ['f7bfbfbf', 'fbbfbfbfbf', 'fdbfbfbfbfbf'],
  },
  { group: 11, section: 'Other borders', list: ['ed9fbf', 'ee8080', 'efbfbd', 'f48fbfbf', 'f4908080'] },
  {
    group: 12,
    section: 'Continuation octets without a start',
    list: [
      '80',
      'bf',
      '80bf',
      '80bf80',
      '80bf80bf',
      '80bf80bf80',
      '80bf80bf80bf',
      '808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbe',
    ],
  },
  {
    group: 13,
    section: 'Starts without a continuation',
    list: [
      'c020c120c220c320c420c520c620c720c820c920ca20cb20cc20cd20ce20cf20d020d120d220d320d420d520d620d720d820d920da20db20dc20dd20de20',
      'e020e120e220e320e420e520e620e720e820e920ea20eb20ec20ed20ee20',
      'f020f120f220f320f420f520f620',
      'f820f920fa20',
      'fc20',
    ],
  },
  {
    group: 14,
    section: 'Last continuation octet missing',
    list: [
      'c0',
      'e080',
      'f08080',
      'f8808080',
      'fc80808080',
      'df',
      'efbf',
      'f7bfbf',
      'fbbfbfbf',
      'fdbfbfbfbf',
    ],
  },
  {
    group: 15,
    section: 'All of those in a row',
    list: ['c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf'],
  },
  { group: 16, section: 'Octets that never occur', list: ['fe', 'ff', 'fefeffff'] },
  {
    group: 17,
    section: 'Overlong slash',
    list: ['c0af', 'e080af', 'f08080af', 'f8808080af', 'fc80808080af'],
  },
  {
    group: 18,
    section: 'Longest overlong sequences',
    list: ['c1bf', 'e09fbf', 'f08fbfbf', 'f887bfbfbf', 'fc83bfbfbfbf'],
  },
  { group: 19, section: 'Overlong NUL', list: ['c080', 'e08080', 'f0808080', 'f880808080', 'fc8080808080'] },
  {
    group: 20,
    section: 'Single surrogates',
    list: ['eda080', 'edadbf', 'edae80', 'edafbf', 'edb080', 'edbe80', 'edbfbf'],
  },
  {
    group: 21,
    section: 'Pairs of surrogates',
    list: [
      'eda080edb080',
      'eda080edbfbf',
      'edadbfedb080',
      'edadbfedbfbf',
      'edae80edb080',
      'edae80edbfbf',
      'edafbfedb080',
      'edafbfedbfbf',
    ],
  },
  {
    group: 22,
    section: 'Noncharacters are valid',
    list: [
      'efbfbe',
      'efbfbf',
      'f09fbfbe',
      'f09fbfbf',
      'f0afbfbe',
      'f0afbfbf',
      'f0bfbfbe',
      'f0bfbfbf',
      'f18fbfbe',
      'f18fbfbf',
      'f19fbfbe',
      'f19fbfbf',
      'f1afbfbe',
      'f1afbfbf',
      'f1bfbfbe',
      'f1bfbfbf',
      'f28fbfbe',
      'f28fbfbf',
      'f29fbfbe',
      'f29fbfbf',
      'f2afbfbe',
      'f2afbfbf',
      'f2bfbfbe',
      'f2bfbfbf',
      'f38fbfbe',
      'f38fbfbf',
      'f39fbfbe',
      'f39fbfbf',
      'f3afbfbe',
      'f3afbfbf',
      'f3bfbfbe',
      'f3bfbfbf',
      'f48fbfbe',
      'f48fbfbf',
    ],
  },
  {
    group: 23,
    section: 'Specials are valid',
    list: ['efbfb9', 'efbfba', 'efbfbb', 'efbfbc', 'efbfbd', 'efbfbe', 'efbfbf'],
  },
]
