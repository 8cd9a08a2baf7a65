"""The user's workspace: home folder, archive and store, studies and results of one's own, and what is set up here."""
