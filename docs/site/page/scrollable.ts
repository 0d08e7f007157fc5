// Tables and code that are wider than the page: the keyboard can scroll them, too.

export function makeScrollable(): void {
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.setAttribute('tabindex', '0')
      else target.removeAttribute('tabindex')
    }
  })
  for (const element of document.querySelectorAll('pre, .table')) watch.observe(element)
}
