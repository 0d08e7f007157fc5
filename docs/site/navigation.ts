// The order in which the site lists its pages.

export interface Group {
  title: string
  /** Paths in `docs/`. A page's own title is what the menu shows. */
  pages: string[]
}

export const home = 'index.md'

export const navigation: Group[] = [
  {
    title: 'Start',
    pages: ['get-started.md', 'bucket.md', 'doctor.md', 'stores.md', 'comparison.md', 'migration.md'],
  },
  {
    title: 'On your server',
    pages: ['mounting.md', 'who-may-upload.md', 'quotas.md', 'after-the-upload.md', 'companion.md'],
  },
  { title: 'In the page', pages: ['large-files.md', 'react.md'] },
  { title: 'In production', pages: ['operations.md', 'security.md', 'troubleshooting.md', 'support.md'] },
  {
    title: 'Reference',
    pages: [
      'reference/server-options.md',
      'reference/hooks.md',
      'reference/plugin-options.md',
      'reference/errors.md',
      'reference/routes.md',
    ],
  },
  {
    title: 'Inside',
    pages: ['how-it-works.md', 'scaling.md', 'benchmarks.md', 'faults.md', 'mutation.md'],
  },
]
