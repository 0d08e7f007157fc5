// `curl --aws-sigv4`.
import { type Client, missingProgram, run, type Setting } from './client.js'

function curl({ s3, home }: Setting, path: string, ...args: string[]): Promise<string> {
  const { accessKeyId, secretAccessKey } = s3.credentials
  const url = `${s3.endpoint}/${encode(path)}`
  const signed = ['--aws-sigv4', `aws:amz:${s3.region}:s3`, '--user', `${accessKeyId}:${secretAccessKey}`]
  return run(home, 'curl', ['--fail-with-body', '--silent', '--show-error', ...signed, ...args, url])
}

/** It signs the URL as it is, so it must be encoded as S3 encodes it. */
function encode(path: string): string {
  return encodeURIComponent(path)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
}

const at = ({ bucket }: Setting, key: string) => `${bucket}/${key}`

export const curlClient: Client = {
  name: '`curl --aws-sigv4`',
  missing: missingProgram('curl'),
  version: async (home) => /^curl (\S+)/.exec(await run(home, 'curl', ['--version']))?.[1] ?? '',
  operations: {
    makeBucket: (setting, name) => curl(setting, name, '--request', 'PUT'),
    listBuckets: (setting) => curl(setting, ''),
    removeBucket: (setting, name) => curl(setting, name, '--request', 'DELETE'),
    upload: (setting, path, key) => curl(setting, at(setting, key), '--upload-file', path),
    download: (setting, key, path) => curl(setting, at(setting, key), '--output', path),
    list: (setting) => curl(setting, setting.bucket),
    copy: (setting, from, to) =>
      curl(
        setting,
        at(setting, to),
        ...['--request', 'PUT', '--header'],
        `x-amz-copy-source: /${setting.bucket}/${encode(from)}`,
      ),
    remove: (setting, key) => curl(setting, at(setting, key), '--request', 'DELETE'),
  },
}
