// MinIO's client, as Debian names it.
import { join } from 'node:path'
import { type Client, missingProgram, run, type Setting } from './client.js'

function environment({ s3, home }: Setting): Record<string, string> {
  const { accessKeyId, secretAccessKey } = s3.credentials
  return {
    MC_CONFIG_DIR: join(home, 'minio-client'),
    MC_HOST_store: s3.endpoint.replace('://', `://${accessKeyId}:${secretAccessKey}@`),
  }
}

const mc = (at: Setting, ...args: string[]) =>
  run(at.home, 'minio-client', ['--quiet', ...args], environment(at))

const inStore = ({ bucket }: Setting, key: string) => `store/${bucket}/${key}`

/** `share upload` answers with a command of curl. */
async function uploadForm(at: Setting, path: string, key: string): Promise<void> {
  const { share } = JSON.parse(await mc(at, 'share', 'upload', '--json', inStore(at, key)))
  const command = String(share).replace('<FILE>', path).replace('curl', 'curl --fail --silent')
  await run(at.home, 'sh', ['-c', command])
}

export const minioClient: Client = {
  name: '`minio-client`',
  missing: missingProgram('minio-client'),
  // Debian's says no number.
  version: async () => '',
  operations: {
    makeBucket: (at, name) => mc(at, 'mb', `store/${name}`),
    listBuckets: (at) => mc(at, 'ls', 'store'),
    removeBucket: (at, name) => mc(at, 'rb', `store/${name}`),
    upload: (at, path, key) => mc(at, 'cp', path, inStore(at, key)),
    uploadInParts: (at, path, key) => mc(at, 'put', '--part-size=5MiB', path, inStore(at, key)),
    uploadPiped: (at, path, key) =>
      run(at.home, 'minio-client', ['--quiet', 'pipe', inStore(at, key)], environment(at), path),
    download: (at, key, path) => mc(at, 'cp', inStore(at, key), path),
    list: (at) => mc(at, 'ls', '--recursive', inStore(at, '')),
    copy: (at, from, to) => mc(at, 'cp', inStore(at, from), inStore(at, to)),
    move: (at, from, to) => mc(at, 'mv', inStore(at, from), inStore(at, to)),
    remove: (at, key) => mc(at, 'rm', inStore(at, key)),
    removeFolder: (at, prefix) => mc(at, 'rm', '--recursive', '--force', inStore(at, `${prefix}/`)),
    syncUp: (at, folder, prefix) => mc(at, 'mirror', '--overwrite', '--remove', folder, inStore(at, prefix)),
    syncDown: (at, prefix, folder) => mc(at, 'mirror', '--overwrite', inStore(at, prefix), folder),
    tag: (at, key, name, value) => mc(at, 'tag', 'set', inStore(at, key), `${name}=${value}`),
    presign: async (at, key) =>
      String(JSON.parse(await mc(at, 'share', 'download', '--json', inStore(at, key))).share),
    uploadForm,
  },
}
