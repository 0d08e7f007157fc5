// A refusal by the host's `authorize` or `onVerify`.
import { z } from 'zod'
import { parseAnswer } from '../describe-misuse.js'
import { ERROR_CODES, findCodeFault, PartwayError } from '../errors.js'
import { isPlain } from '../plain-object.js'

/** What `authorize` and `onVerify` return to refuse a file. */
export interface Refusal {
  /** The sentence that the user reads. */
  refuse: string
  /** HTTP status; 400 to 499. @default 403 of `authorize`, 422 of `onVerify` */
  status?: number
  /**
   * What the page gets as `PartwayError.code`, in snake_case, such as `payment_required`: at most 64 characters, and none of
   * `ERROR_CODES` but `refused` and `content_refused`. @default 'refused' of `authorize`, 'content_refused' of `onVerify`
   */
  code?: string
}

const RefusalSchema = z.strictObject({
  refuse: z.string().min(1),
  status: z.number().optional(),
  code: z.string().optional(),
})

const SENTENCES = {
  refused: 'You may not upload this file.',
  content_refused: 'The content of this file is refused.',
}

/**
 * @param name of the host's function that returned it
 * @param usualCode for refusals without a code
 * @returns `undefined` if the answer is not a refusal
 * @throws TypeError for an invalid refusal
 */
export function readRefusal(
  answer: unknown,
  name: string,
  usualCode: keyof typeof SENTENCES,
): PartwayError | undefined {
  if (answer === false) return new PartwayError(usualCode, SENTENCES[usualCode])
  if (!isPlain(answer) || !('refuse' in answer)) return undefined
  const { status: usualStatus } = ERROR_CODES[usualCode]
  const { refuse, code = usualCode, status = usualStatus } = parseAnswer(RefusalSchema, answer, name)
  const fault = findCodeFault(code, status)
  if (fault) throw new TypeError(`partway(): ${name} returned a refusal whose ${fault}`)
  return new PartwayError(code, refuse, { status })
}
