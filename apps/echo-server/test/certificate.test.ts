import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Certificate, makeCertificate, readCertificate } from '../src/certificate.ts'

let folder = ''
let made: Certificate

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hybi-echo-'))
  made = await makeCertificate('echo.example')
  await writeFile(join(folder, 'cert.pem'), made.cert)
  await writeFile(join(folder, 'key.pem'), made.key)
  await writeFile(join(folder, 'other-key.pem'), (await makeCertificate('127.0.0.1')).key)
  await writeFile(join(folder, 'garbage.pem'), 'no PEM at all')
})
afterAll(() => rm(folder, { recursive: true }))

it('makes a certificate for localhost, the loopback addresses and the host, valid now', () => {
  const certificate = new X509Certificate(made.cert)
  for (const name of ['localhost', 'echo.example']) expect(certificate.checkHost(name)).toBe(name)
  for (const address of ['127.0.0.1', '::1']) expect(certificate.checkIP(address)).toBe(address)
  expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now())
  expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now())
})

it('reads a certificate and its key', async () => {
  expect(await readCertificate(join(folder, 'cert.pem'), join(folder, 'key.pem'))).toEqual(made)
})

it.each([
  ['absent.pem', 'key.pem', /cannot read .*absent\.pem/],
  ['garbage.pem', 'key.pem', /garbage\.pem holds no usable certificate in PEM/],
  ['cert.pem', 'garbage.pem', /garbage\.pem holds no usable private key in PEM/],
  ['cert.pem', 'other-key.pem', /does not belong to the certificate/],
])('says what is wrong with %s and %s', async (cert, key, message) => {
  await expect(readCertificate(join(folder, cert), join(folder, key))).rejects.toThrow(message)
})
