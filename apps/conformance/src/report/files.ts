/** Files of a report directory: written whole or not at all, and failures told in one line. */
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A report could not be written or read: the message is one line for the user. */
export class ReportError extends Error {
  override name = 'ReportError'
}

/** Creates the directory and proves that files can be written into it. Throws a `ReportError`. */
export async function prepareDirectory(directory: string): Promise<void> {
  try {
    await makeDirectory(directory)
    await writeFileWhole(directory, '.writable', '')
    await rm(join(directory, '.writable'), { force: true })
  } catch (error) {
    throw toReportError(error, directory)
  }
}

/** Makes a directory and those above it. Node's own recursive way never ends where none can be made, as in /proc. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(directory)).isDirectory()) return
    if (code !== 'ENOENT' || dirname(directory) === directory) throw error
    await makeDirectory(dirname(directory))
    await mkdir(directory)
  }
}

/** Writes a file beside its place and moves it there: a reader, or a killed run, never sees half of it. */
export async function writeFileWhole(
  directory: string,
  name: string,
  content: string | Uint8Array,
): Promise<void> {
  const temporary = join(directory, `.${name}.${process.pid}.tmp`)
  try {
    await writeFile(temporary, content)
    await rename(temporary, join(directory, name))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw toReportError(error, directory)
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than allowed',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOENT: 'no directory can be made there',
  ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'a file of that name is in the way',
  EISDIR: 'a directory is in the way',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many open files',
  EIO: 'input/output error',
}

/** Any failure of the file system as one line that names the directory. */
export function toReportError(error: unknown, directory: string): ReportError {
  if (error instanceof ReportError) return error
  const { code, message } = error as NodeJS.ErrnoException
  const reason = (code !== undefined && reasons[code]) || (message ?? String(error))
  return new ReportError(`cannot write the report in ${directory}: ${reason}`, { cause: error })
}
