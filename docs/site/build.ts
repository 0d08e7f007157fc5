// `npm run build --workspace docs/site`: builds the site, then prints how easily each page is read.
import { relative } from 'node:path'
import { buildSite } from './build-site.js'
import { siteFolder } from './folders.js'
import { readPages, readReadmes } from './read-pages.js'
import { listReadingEase } from './reading/list-reading-ease.js'

const pages = await readPages()
await buildSite(pages)
console.log(listReadingEase([...pages, ...(await readReadmes())]))
console.log(`The site is in ${relative(process.env.INIT_CWD ?? process.cwd(), siteFolder)}`)
