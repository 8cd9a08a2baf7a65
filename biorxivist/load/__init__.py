"""Loading: records from files and the shipped facts into the archive, and on into verdicts and the store."""
