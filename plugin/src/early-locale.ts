// The texts that the page shows before the engine is loaded, in English. All others come with the engine: locale.ts.

export const earlyLocale = {
  strings: {
    waiting_for_network: 'The upload goes on by itself when the network is back.',
    script_unavailable:
      'The page could not load all of itself. Reload it and add the files again: their uploads go on where they were.',
    quota_files: 'Not all files were added: your quota has room for %{room} more.',
    quota_bytes: '“%{name}” was not added: it is larger than what is left of your quota.',
  },
}
