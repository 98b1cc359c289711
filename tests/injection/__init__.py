"""Whatever a user's text says, no file or answer that we make of it runs, follows or draws it."""
