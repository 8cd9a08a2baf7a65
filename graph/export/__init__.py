"""The graph as files for other programs: GraphML and CSV (``files``), and RO-Crate (``crate``)."""
