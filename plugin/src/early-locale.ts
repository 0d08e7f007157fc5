// The texts that the page shows before the engine is loaded, in English. All others come with the engine: locale.ts.

export const earlyLocale = {
  strings: {
    /** The browser is offline. */
    waiting_for_network: 'The upload goes on by itself when the network is back.',
    script_unavailable:
      'The page could not load all of itself. Reload it and add the files again: their uploads go on where they were.',
    /** The user adds more files than the quota has room for. */
    quota_files: 'Not all files were added: your quota has room for %{room} more.',
    /** The user adds a file that is larger than what is left of the quota. */
    quota_bytes: '“%{name}” was not added: it is larger than what is left of your quota.',
  },
}
