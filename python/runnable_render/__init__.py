"""The Python side of runnable-render: runs a user's functions. Standard library only, Python 3.9 and later.

worker  the protocol: one request, one answer, over a socket
serve   the warm parent that forks for each task
libraries  what a parent may import before it forks
needs   what of that a module imports, told from its source
leave   the end of a fork
call    loads the function, calls it, splits what it returns
notebook  runs a notebook by papermill or nbclient
bind    arguments by name
cast    values by annotation
values  values to and from JSON and pickles
plainjson  JSON without the imports of package json
report  failures and the user's traceback
"""
