/** The certificate of wss://: read from files, or made at start for this machine alone. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'

export interface Certificate {
  /** PEM. */
  readonly cert: string
  readonly key: string
}

const LIFETIME_DAYS = 365
const MS_PER_DAY = 86_400_000
const DNS_NAME = 2
const IP_ADDRESS = 7

/** A self-signed certificate for localhost, the loopback addresses and `host`. */
export async function makeCertificate(host: string): Promise<Certificate> {
  // Only when it is needed: loading it takes longer than everything else at start.
  const { generate } = await import('selfsigned')
  const names = new Set(['localhost', '127.0.0.1', '::1', host])
  const altNames = [...names].map((name) =>
    isIP(name) === 0 ? { type: DNS_NAME as 2, value: name } : { type: IP_ADDRESS as 7, ip: name },
  )
  const made = await generate([{ name: 'commonName', value: 'hybi-echo' }], {
    keyType: 'ec',
    curve: 'P-256',
    notBeforeDate: new Date(Date.now() - MS_PER_DAY),
    notAfterDate: new Date(Date.now() + LIFETIME_DAYS * MS_PER_DAY),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  })
  return { cert: made.cert, key: made.private }
}

/** Reads both files. Throws an `Error` with one line where one is missing, is not PEM, or they do not belong together. */
export async function readCertificate(certFile: string, keyFile: string): Promise<Certificate> {
  const [cert, key] = await Promise.all([readText(certFile), readText(keyFile)])
  const certificate = parse(certFile, 'certificate', () => new X509Certificate(cert))
  const privateKey = parse(keyFile, 'private key', () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error(`the key in ${keyFile} does not belong to the certificate in ${certFile}`)
  }
  return { cert, key }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Error(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function parse<Parsed>(file: string, what: string, read: () => Parsed): Parsed {
  try {
    return read()
  } catch {
    throw new Error(`${file} holds no usable ${what} in PEM`)
  }
}
