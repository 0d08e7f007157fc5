// Companion with its defaults, mounted where Partway would be.
import type { RequestListener } from 'node:http'
import { createCompanion } from '../../support/create-companion.js'
import type { ServerSetting } from './server-setting.js'

const MOUNT = '/uploads'

export default function createCompanionServer(setting: ServerSetting): RequestListener {
  const answer = createCompanion({ ...setting, urlExpiresInSeconds: 3600 })
  return (request, response) => {
    request.url = request.url?.slice(MOUNT.length) ?? '/'
    answer(request, response)
  }
}
