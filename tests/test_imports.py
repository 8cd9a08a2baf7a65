"""Who imports whom, beyond the layers that import-linter holds."""

from __future__ import annotations

import grimp
import networkx as nx


def test_no_import_circle_exists_anywhere() -> None:
    graph = grimp.build_graph("biorxivist", "scaling", "graph", cache_dir=None)
    arrows = nx.DiGraph(
        (module, imported) for module in graph.modules for imported in graph.find_modules_directly_imported_by(module)
    )
    circles = [sorted(members) for members in nx.strongly_connected_components(arrows) if len(members) > 1]
    assert circles == []
