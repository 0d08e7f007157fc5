// A script that cron starts.
import { prepareFinishing } from '../../code/finishing.js'

export const { options, partway, secrets, check } = await prepareFinishing()
