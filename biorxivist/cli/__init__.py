"""The command line: thin commands over library functions of the same name, imported when they are called."""
