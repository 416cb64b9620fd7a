"""Records for an office: one page that opens anywhere, and a calendar of deadlines.

``rows`` flattens records once; ``page`` and ``calendar`` write what it gives.
"""
