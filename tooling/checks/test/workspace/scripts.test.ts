import { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeInstallation, isInstalled } from '../../../scripts/setup.mjs'
import { takeRepeatedSignalsAsOne } from '../../../scripts/signals.mjs'

describe('an installation', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hybi-setup-'))
    mkdirSync(join(folder, 'node_modules'))
    for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']) {
      writeFileSync(join(folder, file), file)
    }
  })

  afterEach(() => rmSync(folder, { recursive: true }))

  const stamp = (text: string): void => writeFileSync(join(folder, 'node_modules', '.hybi-setup'), text)

  test('is not there in a fresh clone', () => {
    expect(isInstalled(folder)).toBe(false)
  })

  test('is there once it has left its stamp', () => {
    stamp(describeInstallation(folder))
    expect(isInstalled(folder)).toBe(true)
  })

  test.each(['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'])(
    'is out of date when %s changes',
    (file) => {
      stamp(describeInstallation(folder))
      writeFileSync(join(folder, file), 'changed')
      expect(isInstalled(folder)).toBe(false)
    },
  )

  test('of another kind of machine is none', () => {
    stamp(describeInstallation(folder).replace(process.platform, 'elsewhere'))
    expect(isInstalled(folder)).toBe(false)
  })
})

describe('signals that come in pairs', () => {
  const heard = (...signals: (readonly [signal: string, atMs: number])[]): unknown[] => {
    let time = 0
    const emitter = new EventEmitter()
    const seen: unknown[] = []
    for (const signal of ['SIGINT', 'SIGTERM', 'exit']) {
      emitter.on(signal, (...args) => seen.push([signal, ...args]))
    }
    takeRepeatedSignalsAsOne(emitter, () => time)
    for (const [signal, atMs] of signals) {
      time = atMs
      emitter.emit(signal, atMs)
    }
    return seen
  }

  test('are heard once', () => {
    expect(heard(['SIGINT', 5], ['SIGINT', 6])).toEqual([['SIGINT', 5]])
  })

  test('are heard twice when a person sent them', () => {
    expect(heard(['SIGTERM', 5], ['SIGTERM', 205])).toEqual([
      ['SIGTERM', 5],
      ['SIGTERM', 205],
    ])
  })

  test('are two when they differ, and other events are let through', () => {
    expect(heard(['SIGINT', 5], ['SIGTERM', 5], ['exit', 5], ['exit', 5])).toHaveLength(4)
  })
})
