"""What the program needs from the machine: files, locks, packaged data, log context, stop requests."""
