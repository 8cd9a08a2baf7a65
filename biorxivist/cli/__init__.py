"""The commands of the command line: thin wrappers, each over a library function of the same name."""
