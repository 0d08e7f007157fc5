// The floor of uploads whose parts carry a CRC-32C. The header would have to be signed, so it is left out.
import { prepareFloor } from './floor.js'

export const prepare = prepareFloor('crc32c')
