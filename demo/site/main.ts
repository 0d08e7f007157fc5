// The demo's page: uploader.ts is the code to copy, all else shows what it does.
import './style/page.css'
import './style/header.css'
import './style/controls.css'
import './style/upload.css'
import './style/library.css'
import './style/break-it.css'
import './style/race.css'
import './style/code.css'
import { offerBreaking } from './break-it/break-it.js'
import { LibraryList } from './library/library-list.js'
import { findElement } from './page/create-element.js'
import { Live } from './page/live.js'
import { nameFileList } from './page/name-file-list.js'
import { showSource } from './page/show-source.js'
import { showQuota } from './people/quota-meter.js'
import { offerSignIn, readSession } from './people/session.js'
import { offerRace } from './race/race.js'
import { UnfinishedList } from './unfinished/unfinished-list.js'
import { createUploader } from './uploader.js'

const session = await readSession()
const uppy = createUploader()
const live = new Live(session.owner)
const unfinished = new UnfinishedList(uppy)

nameFileList()
offerSignIn(session, uppy)
showQuota(live)
new LibraryList().follow(uppy, live)
offerRace(live)
const { canBreak } = session
for (const section of ['#break-it', '#race']) {
  const needsEmbedded = findElement(`${section} .needs-embedded`)
  needsEmbedded.hidden = !canBreak
  needsEmbedded.classList.remove('pending')
  findElement(`${section} .banner`).hidden = canBreak
}
const goOn = canBreak ? offerBreaking(uppy, live, unfinished) : () => false
live.open()
if (!goOn()) void unfinished.load()
for (const id of ['#page-source', '#server-source']) void showSource(id)
