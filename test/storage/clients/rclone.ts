// rclone.
import { join } from 'node:path'
import { type Client, missingProgram, run, type Setting } from './client.js'

const environment = ({ s3, home }: Setting) => ({
  RCLONE_CONFIG: join(home, 'rclone.conf'),
  RCLONE_CONFIG_STORE_TYPE: 's3',
  RCLONE_CONFIG_STORE_PROVIDER: 'Other',
  RCLONE_CONFIG_STORE_ACCESS_KEY_ID: s3.credentials.accessKeyId,
  RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
  RCLONE_CONFIG_STORE_REGION: s3.region,
  RCLONE_CONFIG_STORE_ENDPOINT: s3.endpoint,
})
const rclone = (at: Setting, ...args: string[]) => run(at.home, 'rclone', args, environment(at))

const inStore = ({ bucket }: Setting, key: string) => `store:${bucket}/${key}`
const inParts = ['--s3-upload-cutoff=5M', '--s3-chunk-size=5M', '--s3-copy-cutoff=5M']

export const rcloneClient: Client = {
  name: 'rclone',
  missing: missingProgram('rclone'),
  version: async (home) => /v\S+/.exec(await run(home, 'rclone', ['version']))?.[0] ?? '',
  operations: {
    makeBucket: (at, name) => rclone(at, 'mkdir', `store:${name}`),
    listBuckets: (at) => rclone(at, 'lsd', 'store:'),
    removeBucket: (at, name) => rclone(at, 'rmdir', `store:${name}`),
    upload: (at, path, key) => rclone(at, 'copyto', path, inStore(at, key)),
    uploadInParts: (at, path, key) => rclone(at, 'copyto', ...inParts, path, inStore(at, key)),
    uploadPiped: (at, path, key) =>
      run(at.home, 'rclone', ['rcat', ...inParts, inStore(at, key)], environment(at), path),
    download: (at, key, path) => rclone(at, 'copyto', inStore(at, key), path),
    list: (at) => rclone(at, 'lsf', '--recursive', inStore(at, '')),
    copy: (at, from, to) => rclone(at, 'copyto', inStore(at, from), inStore(at, to)),
    copyInParts: (at, from, to) => rclone(at, 'copyto', ...inParts, inStore(at, from), inStore(at, to)),
    move: (at, from, to) => rclone(at, 'moveto', inStore(at, from), inStore(at, to)),
    remove: (at, key) => rclone(at, 'deletefile', inStore(at, key)),
    removeFolder: (at, prefix) => rclone(at, 'purge', inStore(at, prefix)),
    syncUp: (at, folder, prefix) => rclone(at, 'sync', folder, inStore(at, prefix)),
    syncDown: (at, prefix, folder) => rclone(at, 'sync', inStore(at, prefix), folder),
    check: (at, folder, prefix) => rclone(at, 'check', folder, inStore(at, prefix)),
    presign: async (at, key) => (await rclone(at, 'link', inStore(at, key))).trim(),
  },
}
