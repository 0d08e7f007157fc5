// The floor of uploads whose parts carry an MD5.
import { prepareFloor } from './floor.js'

export const prepare = prepareFloor('md5', 'content-md5')
