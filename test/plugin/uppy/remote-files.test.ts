// Files that live with a provider.
import { describe, expect, it } from 'vitest'
import { pass } from '../world.js'
import { usePage } from './uppy-page.js'

const page = usePage()

describe('a remote file', () => {
  const remote = {
    companionUrl: 'https://c.test',
    requestClientId: 'drive',
    url: 'https://c.test/get',
    body: { fileId: 'f' },
  }

  it('is uploaded by Uppy’s own client, with the pause button off meanwhile', async () => {
    let finish = () => {}
    const asked: unknown[] = []
    page.uppy.registerRequestClient('drive', {
      uploadRemoteFile: (
        remoteFile: { name: string },
        body: object,
        { getQueue }: { getQueue(): object },
      ) => {
        asked.push(remoteFile.name, body, typeof getQueue())
        return new Promise<void>((resolve) => {
          finish = resolve
        })
      },
    })
    page.uppy.addFile({
      name: 'remote',
      type: 'text/plain',
      isRemote: true,
      data: { size: 7 },
      remote,
      meta: { n: 1 },
    } as never)
    page.add('local', 'abc')
    const done = page.uppy.upload()
    await pass(1000)
    expect(asked).toEqual([
      'remote',
      { fileId: 'f', protocol: 's3-multipart', size: 7, metadata: expect.objectContaining({ n: '1' }) },
      'object',
    ])
    expect(page.events).toContain('success local')
    expect(page.uppy.getState().capabilities.resumableUploads).toBe(false)
    finish()
    await done
    expect(page.uppy.getState().capabilities.resumableUploads).toBe(true)
  })

  it('fails, and is no success, where Uppy has no client for it', async () => {
    page.uppy.addFile({ name: 'remote', isRemote: true, data: { size: 7 }, remote } as never)
    const done = page.uppy.upload()
    await pass(100)
    expect(await done).toMatchObject({ successful: [], failed: [{ name: 'remote' }] })
    expect(page.errors).toMatchObject([{ code: 'unexpected_error' }])
  })

  it('stops when it is removed', async () => {
    let stopped = false
    page.uppy.registerRequestClient('drive', {
      uploadRemoteFile: (_file: object, _body: object, { signal }: { signal: AbortSignal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            stopped = true
            resolve()
          })
        }),
    })
    const id = page.uppy.addFile({ name: 'remote', isRemote: true, data: { size: 7 }, remote } as never)
    const done = page.uppy.upload()
    await pass(100)
    page.uppy.removeFile(id)
    await done
    expect(stopped).toBe(true)
  })
})
