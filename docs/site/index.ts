// What the tests of the docs use of the site's generator.
export { buildSite } from './build-site.js'
export { isAbsolute, listAnchors, listImages, listLinks } from './markdown/list-links.js'
export { type Page, parsePage } from './markdown/parse-page.js'
export { home, navigation } from './navigation.js'
export { readPages } from './read-pages.js'
export { readingEase } from './reading/reading-ease.js'
