// No app server at all: for pages that know all URLs beforehand.
import type { RequestListener } from 'node:http'

export default function createSiteServer(): RequestListener {
  return (_request, response) => void response.writeHead(404).end()
}
