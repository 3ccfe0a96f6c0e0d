"""The mutation check: small changes to the pure modules, each of which their own tests must notice.

    python -m tests.mutation                     a random sample of all modules, and the mutants written by hand
    python -m tests.mutation rules/dates         the same for one module
    python -m tests.mutation --seed 7 --sample 50

`make soak` runs it. `operators` makes the mutants, `targets` lists the modules, their tests and the mutants written by
hand, `__main__` runs the tests, always in a copy of the tree.
"""
