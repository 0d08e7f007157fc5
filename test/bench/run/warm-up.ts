// An upload that nobody measures: the first one to a store takes longer than all after it.
import { clients } from '../clients.js'
import { runUpload } from './run-upload.js'
import type { Stage } from './stage.js'

const SIZES = [10 * 1024, 9 * 1024 ** 2]

export async function warmUp(stage: Stage): Promise<void> {
  await runUpload(stage, { client: clients.rawForm, network: 'direct', files: await stage.files(SIZES) })
}
