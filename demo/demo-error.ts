/** An error that the user who runs the demo can fix. The message says how, in one line. */
export class DemoError extends Error {
  override name = 'DemoError'
}
