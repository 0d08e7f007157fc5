// A store in a process of its own, for tests that kill it or weigh it: node store-process.js DATA_FOLDER
import { startStore } from '@partway/store'

const [, , dataFolder] = process.argv
const store = await startStore({ dataFolder, accessKeyId: 'embedded', secretAccessKey: 'embedded-secret' })
process.on('message', () => process.send({ rss: process.memoryUsage.rss() }))
process.once('disconnect', () => process.exit())
process.send(store.endpoint)
