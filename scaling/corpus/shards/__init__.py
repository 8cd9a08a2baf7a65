"""A corpus of raw counts on disk, in shards.

::

    corpus.json             what it holds, how it was made, a checksum of every other file and of itself
    genes.parquet           gene, symbol, files that measured it, cells that express it
    measured.npy            studies x genes: which study measured which gene
    shard-00000/
        indptr.npy          int64: where the entries of each cell begin
        indices.npy         uint16, or uint32 where genes are more than 65,536: genes of each cell, ascending
        counts.npy          uint16; 65,535 stands for a count in overflow.npy
        overflow.npy        position of the entry, and its count (uint32)
        study.npy           int32: number of the study of each cell
        obs.parquet         barcode and the columns of obs, as text

A corpus without ``corpus.json`` is unfinished; ``building.json`` then says how far it is.
"""
