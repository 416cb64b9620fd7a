"""Training, measuring and exporting taggers; needs the extra ``train``."""
