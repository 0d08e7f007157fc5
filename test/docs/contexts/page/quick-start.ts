// A page with nothing but the place for the Dashboard: the snippet is a whole program.
export {}
