import { describe, expect, it } from 'vitest'
import { PartwayError, TryFailure } from '../../../plugin/src/errors.js'
import { assertStored } from '../../../plugin/src/transfer/read-answer.js'

// biome-ignore lint/suspicious/noExplicitAny: a test looks at what was thrown
const judge = (answer: { status: number; stalled?: boolean; storageCode?: string }, refusals = 0): any => {
  try {
    assertStored(
      { stalled: false, storageCode: '', retryAfterMs: 0, ...answer },
      { url: 'https://s3.test/k', refusals },
    )
  } catch (error) {
    return error
  }
}

describe('assertStored', () => {
  it.each([200, 201, 204])('is content with %s', (status) => {
    expect(judge({ status })).toBeUndefined()
  })

  it.each([
    [{ status: 0 }, 'network_error'],
    [{ status: 0, stalled: true }, 'upload_stalled'],
    [{ status: 408 }, 'storage_unavailable'],
    [{ status: 429 }, 'storage_unavailable'],
    [{ status: 500, storageCode: 'InternalError' }, 'storage_unavailable'],
    [{ status: 503, storageCode: 'SlowDown' }, 'storage_unavailable'],
    [{ status: 400, storageCode: 'RequestTimeout' }, 'storage_unavailable'],
    [{ status: 400, storageCode: 'BadDigest' }, 'storage_unavailable'],
  ])('tries again after %o', (answer, code) => {
    const failure = judge(answer)
    expect(failure).toBeInstanceOf(TryFailure)
    expect(failure.final.code).toBe(code)
  })

  it.each([
    [{ status: 404, storageCode: 'NoSuchUpload' }, 'upload_gone'],
    [{ status: 404, storageCode: 'NoSuchKey' }, 'upload_gone'],
    [{ status: 404, storageCode: 'NoSuchBucket' }, 'storage_refused'],
    [{ status: 400, storageCode: 'EntityTooLarge' }, 'storage_refused'],
    [{ status: 412 }, 'storage_refused'],
  ])('gives up after %o', (answer, code) => {
    const failure = judge(answer)
    expect(failure).toBeInstanceOf(PartwayError)
    expect(failure).toMatchObject({ code, status: answer.status })
  })

  it('takes a refused signature as no failure once, as one twice, and believes it at the third time', () => {
    const answer = { status: 403, storageCode: 'AccessDenied' }
    expect(judge(answer, 1).retry).toEqual({ atOnce: true })
    expect(judge(answer, 2).retry).toEqual({ atOnce: false })
    expect(judge(answer, 3)).toMatchObject({
      code: 'storage_refused',
      storageCode: 'AccessDenied',
      values: { host: 's3.test', reason: 'AccessDenied' },
    })
  })
})
