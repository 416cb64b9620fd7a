"""A run over any number of documents that can be stopped at any moment and goes on.

``plan`` lists the inputs, ``chunks`` cuts them up, an engine (``local``, or
:mod:`pipeline.cluster`) turns chunks into rows, ``run`` writes these in order and keeps
the ``journal``, ``finish`` makes the outputs of them.
"""
