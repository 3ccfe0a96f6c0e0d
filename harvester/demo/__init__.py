"""The demonstration: a real OAI-PMH provider on loopback, with articles of our own, and a guided run over it."""
