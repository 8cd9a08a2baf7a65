"""One call of every tool, on the shipped graph."""

from __future__ import annotations

from typing import Any

CALLS: dict[str, dict[str, Any]] = {
    "search_papers": {"query": "batch integration"},
    "get_paper": {"paper": "Kedzierska 2025"},
    "find_claims": {"model": "scGPT", "kind": "comparison", "limit": 3},
    "compare_claims": {"a": "10.1101/2024.12.13.628448", "b": "10.1101/2025.10.14.682419"},
    "check": {"what": "Geneformer was pretrained on 300 million cells"},
    "evidence": {"verdict": "inconsistent_with_printed"},
    "ask": {"question": "How many parameters does scGPT have?"},
    "graph_query": {"query": "scores_of_model", "parameters": {"model": "scGPT"}, "limit": 2},
    "graph_schema": {},
}
