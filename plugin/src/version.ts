// A constant, because importing package.json needs support from every consumer's bundler. A test compares them.
export const version = '0.2.0'
