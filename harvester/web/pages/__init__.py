"""The pages, each a module: it reads its facts from the store, and shows them."""
