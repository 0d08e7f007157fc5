// What the checksum of a part comes to when what computes it cannot be loaded, or the file not be read.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checksumPart } from '../../../plugin/src/checksums/checksum.js'
import { ClientError, TryFailure } from '../../../plugin/src/errors.js'
import type { FileUpload, UploadContext } from '../../../plugin/src/upload/file-upload.js'
import { Identity } from '../../../plugin/src/upload/identity.js'
import { comparePart, partChecksum } from '../../../plugin/src/upload/part-checksum.js'
import type { MultipartRecord } from '../../../plugin/src/upload/upload-record.js'

vi.mock('../../../plugin/src/checksums/checksum.js', { spy: true })

type Kind = MultipartRecord['checksum']

const computed = vi.mocked(checksumPart)
const file = {
  data: new Blob(['abcdefg']),
  request: { name: 'a.txt' },
  identity: new Identity(),
} as FileUpload
const { signal } = new AbortController()
const context = { settings: () => ({ retry: { giveUpAfterMs: 300_000 } }) } as UploadContext

beforeEach(() => {
  computed.mockReset().mockImplementation(async (kind, part) => `${kind} of ${await part.text()}`)
  vi.stubGlobal('navigator', { onLine: true })
  vi.stubGlobal('location', { href: 'https://app.test/page' })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

function recordOf(checksum: Kind): MultipartRecord {
  const plan = { size: 7, partSize: 5, partCount: 2 }
  const state = { checksums: new Map() }
  return { kind: 'multipart', ticket: 't', key: 'k', plan, checksum, ...state }
}

describe('a checksum', () => {
  it('is of the part’s bytes, and computed once', async () => {
    const record = recordOf('md5')
    for (let times = 0; times < 2; times++) {
      expect(await partChecksum(2, file, record, context, signal)).toBe('md5 of fg')
    }
    expect(computed).toHaveBeenCalledTimes(1)
  })

  it('is that of the first who has it, if two compute it while the file is edited', async () => {
    const record = recordOf('md5')
    computed.mockResolvedValueOnce('old').mockResolvedValueOnce('new')
    const compute = () => partChecksum(2, file, record, context, signal)
    expect(await Promise.all([compute(), compute()])).toEqual(['old', 'old'])
    expect(record.checksums.get(2)).toBe('old')
  })

  it('is not computed where the server wants none', async () => {
    expect(await partChecksum(1, file, recordOf(undefined), context, signal)).toBeUndefined()
    expect(computed).not.toHaveBeenCalled()
  })
})

describe('what S3 has of a part', () => {
  const stored = (checksums: object) => ({ partNumber: 2, size: 2, etag: '"e"', checksums })
  it.each([
    ['md5', { md5: 'md5 of fg' }, 'same'],
    ['md5', { md5: 'other' }, 'differs'],
    ['crc64nvme', { crc64nvme: 'crc64nvme of fg' }, 'same'],
    ['crc64nvme', { crc64nvme: 'other', md5: 'md5 of fg' }, 'differs'],
    ['crc64nvme', { md5: 'md5 of fg' }, 'same'],
    [undefined, { md5: 'other' }, 'differs'],
    ['md5', {}, 'unknown'],
    ['md5', { crc64nvme: 'other' }, 'unknown'],
  ] as const)('sent with %s, of which it tells %j: %s', async (kind, checksums, comparison) => {
    expect(await comparePart(stored(checksums), file, recordOf(kind), context, signal)).toBe(comparison)
  })

  it('is not known to differ where the page cannot load what compares it', async () => {
    computed.mockResolvedValue(undefined)
    const told = stored({ md5: 'md5 of fg' })
    expect(await comparePart(told, file, recordOf('md5'), context, signal)).toBe('unknown')
  })
})

describe('when what computes it cannot be loaded', () => {
  beforeEach(() => {
    computed.mockResolvedValue(undefined)
  })

  it('an MD5 is left out', async () => {
    const record = recordOf('md5')
    expect(await partChecksum(1, file, record, context, signal)).toBeUndefined()
    expect(record.checksums.size).toBe(0)
  })

  it('a crc64nvme, without which S3 takes nothing, fails the file', async () => {
    const error = await partChecksum(1, file, recordOf('crc64nvme'), context, signal).catch(
      (reason) => reason,
    )
    expect(error).toMatchObject({ code: 'script_unavailable' })
  })

  it('because the network is away, it waits for it', async () => {
    vi.stubGlobal('navigator', { onLine: false })
    const error = await partChecksum(1, file, recordOf('md5'), context, signal).catch((reason) => reason)
    expect(error).toMatchObject({ final: { code: 'network_error', values: { host: 'app.test' } } })
    expect(error).toBeInstanceOf(TryFailure)
  })
})

describe('when the file cannot be read', () => {
  it('the user is told which', async () => {
    computed.mockRejectedValue(new DOMException('Gone.', 'NotReadableError'))
    const error = await partChecksum(1, file, recordOf('md5'), context, signal).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'file_unreadable', values: { name: 'a.txt' } })
    expect(error).toBeInstanceOf(ClientError)
  })

  it('for another reason, it is told as it is', async () => {
    const fault = new TypeError('A fault of ours.')
    computed.mockRejectedValue(fault)
    await expect(partChecksum(1, file, recordOf('md5'), context, signal)).rejects.toBe(fault)
  })

  it('because the upload was stopped, that is the reason', async () => {
    const stop = new AbortController()
    computed.mockImplementation(async () => {
      stop.abort('stopped')
      throw new DOMException('Aborted.', 'AbortError')
    })
    await expect(partChecksum(1, file, recordOf('md5'), context, stop.signal)).rejects.toBe('stopped')
  })
})
