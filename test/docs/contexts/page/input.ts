// A page without the Dashboard: an input for files.
export const input = Object.assign(document.createElement('input'), {
  type: 'file',
  id: 'pick',
  multiple: true,
})
document.body.append(input)
