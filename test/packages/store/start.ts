// What a project's tests do with the store.
import { FolderInUseError, type Store, type StoreOptions, startStore } from '@partway/store'

const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = process.env
const options: StoreOptions = { dataFolder: 'data-of-tests', accessKeyId, secretAccessKey }
const store: Store = await startStore(options)
const refused: unknown = await startStore(options).catch((error: unknown) => error)
if (!(refused instanceof FolderInUseError) || refused.pid !== process.pid) throw refused
console.log(`S3: ${store.endpoint},`)
process.once('SIGTERM', () => store.close())
