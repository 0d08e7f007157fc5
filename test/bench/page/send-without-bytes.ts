// Has the page send every part without its bytes: all else that an upload costs stays.

/** For the page's life. */
export function sendWithoutBytes(): void {
  const send = XMLHttpRequest.prototype.send
  XMLHttpRequest.prototype.send = function (this: XMLHttpRequest, body) {
    send.call(this, body instanceof Blob ? null : body)
  }
}
