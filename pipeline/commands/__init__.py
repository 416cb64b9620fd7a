"""One file a command: ``NAME``, ``EXAMPLE`` and ``run``, whose docstring is its help."""
