declare module 'utf-8-validate' {
  export default function isValidUtf8(bytes: Buffer): boolean
}
