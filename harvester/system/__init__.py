"""The machine under the program: files, locks, packaged data, log context, stop requests."""
