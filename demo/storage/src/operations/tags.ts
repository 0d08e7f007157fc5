// Tags of objects: how requests carry them, and S3's limits.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
import { S3Error } from '../s3-error.js'
import type { Tag } from '../state/records.js'
import { compareUtf8 } from '../state/sorted-map.js'
import { XmlReader } from '../xml.js'

const maxTags = 10
/** Characters */
const maxLengths = { key: 128, value: 256 }

/** `x-amz-tagging`: as the query of a URL. @throws S3Error InvalidTag, or BadRequest above 10 tags */
export function readTagHeader(value: string): Tag[] {
  return check(Array.from(new URLSearchParams(value), ([key, value]) => ({ key, value })))
}

/** A `Tagging` document. @throws S3Error MalformedXML, InvalidTag, or BadRequest above 10 tags */
export function readTagSet(text: string): Tag[] {
  const [set] = XmlReader.parse(text, 'Tagging').children('TagSet')
  if (!set) throw new S3Error('MalformedXML')
  return check(
    set.children('Tag').map((tag) => {
      const [key, value] = [tag.text('Key'), tag.text('Value')]
      if (key === undefined || value === undefined) throw new S3Error('MalformedXML')
      return { key, value }
    }),
  )
}

function check(tags: Tag[]): Tag[] {
  if (tags.length > maxTags) throw new S3Error('BadRequest', 'Object tags cannot be greater than 10')
  for (const { key, value } of tags) {
    if (key === '' || !isPart(key, maxLengths.key)) {
      throw new S3Error('InvalidTag', 'The TagKey you have provided is invalid', { TagKey: key })
    }
    if (/^aws:/i.test(key))
      throw new S3Error('InvalidTag', 'System tags cannot be added/updated by requester')
    if (!isPart(value, maxLengths.value)) {
      throw new S3Error('InvalidTag', 'The TagValue you have provided is invalid', { TagValue: value })
    }
  }
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw new S3Error('InvalidTag', 'Cannot provide multiple Tags with the same key')
  }
  // S3 gives them back in this order.
  return tags.toSorted((a, b) => compareUtf8(a.key, b.key))
}

function isPart(text: string, maxLength: number): boolean {
  return [...text].length <= maxLength && /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text)
}
