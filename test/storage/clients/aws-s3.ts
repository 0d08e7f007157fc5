// `aws s3` of the AWS CLI.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { awsEnvironment, type Client, missingProgram, run, type Setting } from './client.js'

const s3 = (at: Setting, ...args: string[]) => run(at.home, 'aws', ['s3', ...args], awsEnvironment(at))
const uri = ({ bucket }: Setting, key: string) => `s3://${bucket}/${key}`
const copy = (at: Setting, from: string, to: string) => s3(at, 'cp', '--no-progress', from, to)

export const awsS3: Client = {
  name: '`aws s3`',
  missing: missingProgram('aws'),
  version: async (home) => /aws-cli\/(\S+)/.exec(await run(home, 'aws', ['--version']))?.[1] ?? '',
  // Version 1 presigns with Signature Version 2, which S3 does not take for new buckets.
  async configure({ home }) {
    await mkdir(join(home, '.aws'))
    await writeFile(join(home, '.aws/config'), '[default]\ns3 =\n  signature_version = s3v4\n')
  },
  operations: {
    makeBucket: (at, name) => s3(at, 'mb', `s3://${name}`),
    listBuckets: (at) => s3(at, 'ls'),
    removeBucket: (at, name) => s3(at, 'rb', `s3://${name}`),
    upload: (at, path, key) => copy(at, path, uri(at, key)),
    // From 8 MB on it uses parts.
    uploadInParts: (at, path, key) => copy(at, path, uri(at, key)),
    uploadPiped: (at, path, key) =>
      run(at.home, 'aws', ['s3', 'cp', '-', uri(at, key)], awsEnvironment(at), path),
    download: (at, key, path) => copy(at, uri(at, key), path),
    list: (at) => s3(at, 'ls', '--recursive', uri(at, '')),
    copy: (at, from, to) => copy(at, uri(at, from), uri(at, to)),
    copyInParts: (at, from, to) => copy(at, uri(at, from), uri(at, to)),
    move: (at, from, to) => s3(at, 'mv', uri(at, from), uri(at, to)),
    remove: (at, key) => s3(at, 'rm', uri(at, key)),
    removeFolder: (at, prefix) => s3(at, 'rm', '--recursive', uri(at, `${prefix}/`)),
    syncUp: (at, folder, prefix) => s3(at, 'sync', '--delete', folder, uri(at, prefix)),
    syncDown: (at, prefix, folder) => s3(at, 'sync', '--delete', uri(at, prefix), folder),
    presign: async (at, key) => (await s3(at, 'presign', uri(at, key))).trim(),
  },
}
