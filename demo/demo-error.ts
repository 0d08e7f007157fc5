/** Something that the person who runs the demo can put right. The message is one line and says how. */
export class DemoError extends Error {
  override name = 'DemoError'
}
