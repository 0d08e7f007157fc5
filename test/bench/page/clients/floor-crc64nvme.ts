// The floor of uploads whose parts carry a CRC-64/NVME. The header would have to be signed, so it is left out.
import { prepareFloor } from './floor.js'

export const prepare = prepareFloor('crc64nvme')
