"""From paths to items: find the files, split them into units, parse each unit.

``find`` lists the files, ``split`` cuts one into :class:`~pipeline.readers.base.Unit`
(cheap, in the parent process), ``parse`` makes an item of a unit (dear, in a worker).
"""
