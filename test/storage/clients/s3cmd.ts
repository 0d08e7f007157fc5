// s3cmd. Its `signurl` is not asked: it signs with Signature Version 2, which S3 does not take for new buckets.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, missingProgram, run, type Setting } from './client.js'

const configOf = (home: string) => join(home, 's3cmd.conf')
const s3cmd = ({ home }: Setting, ...args: string[]) =>
  run(home, 's3cmd', ['--config', configOf(home), '--no-progress', ...args])
const uri = ({ bucket }: Setting, key: string) => `s3://${bucket}/${key}`

export const s3cmdClient: Client = {
  name: 's3cmd',
  missing: missingProgram('s3cmd'),
  version: async (home) => (await run(home, 's3cmd', ['--version'])).replace('s3cmd version', '').trim(),
  async configure({ s3, home }) {
    const { host } = new URL(s3.endpoint)
    const lines = [
      '[default]',
      `access_key = ${s3.credentials.accessKeyId}`,
      `secret_key = ${s3.credentials.secretAccessKey}`,
      `host_base = ${host}`,
      `host_bucket = ${host}`,
      'use_https = False',
      'multipart_chunk_size_mb = 5',
    ]
    await writeFile(configOf(home), `${lines.join('\n')}\n`)
  },
  operations: {
    makeBucket: (at, name) => s3cmd(at, 'mb', `s3://${name}`),
    listBuckets: (at) => s3cmd(at, 'ls'),
    removeBucket: (at, name) => s3cmd(at, 'rb', `s3://${name}`),
    upload: (at, path, key) => s3cmd(at, 'put', path, uri(at, key)),
    uploadInParts: (at, path, key) => s3cmd(at, 'put', path, uri(at, key)),
    uploadPiped: (at, path, key) =>
      run(at.home, 's3cmd', ['--config', configOf(at.home), 'put', '-', uri(at, key)], {}, path),
    download: (at, key, path) => s3cmd(at, 'get', uri(at, key), path),
    list: (at) => s3cmd(at, 'ls', '--recursive', uri(at, '')),
    copy: (at, from, to) => s3cmd(at, 'cp', uri(at, from), uri(at, to)),
    move: (at, from, to) => s3cmd(at, 'mv', uri(at, from), uri(at, to)),
    remove: (at, key) => s3cmd(at, 'del', uri(at, key)),
    removeFolder: (at, prefix) => s3cmd(at, 'del', '--recursive', uri(at, `${prefix}/`)),
    syncUp: (at, folder, prefix) =>
      s3cmd(at, 'sync', '--delete-removed', `${folder}/`, uri(at, `${prefix}/`)),
    syncDown: (at, prefix, folder) => s3cmd(at, 'sync', uri(at, `${prefix}/`), `${folder}/`),
    tag: (at, key, name, value) => s3cmd(at, 'settagging', uri(at, key), `${name}=${value}`),
  },
}
