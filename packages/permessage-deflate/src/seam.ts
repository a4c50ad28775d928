/** The session's extension seam, as this package uses it. */
export interface TransformFailure {
  readonly failure: 'invalid-data' | 'too-big' | 'internal'
}
export type Transformed = Uint8Array | TransformFailure | Promise<Uint8Array | TransformFailure>
export interface MessageTransform {
  readonly rsv: number
  readonly encoding?: string | undefined
  decode(part: Uint8Array, frameEnd: boolean, fin: boolean, limit: number): Transformed
  wants(size: number, binary: boolean): boolean
  encode(payload: Uint8Array, fin: boolean): Transformed
  release(): void
}

export type ExtensionParameter = readonly [name: string, value: string | null]
export interface Extension {
  readonly name: string
  readonly parameters: readonly ExtensionParameter[]
}
