"""The tests that LangChain has for every tool and retriever, on ours."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool
from langchain_tests.integration_tests import RetrieversIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests

from biorxivist.langchain import ClaimRetriever, PassageRetriever, tools
from biorxivist.tools import OpenGraph
from tests.biorxivist.tools.calls import CALLS


class TestTools(ToolsUnitTests):
    @pytest.fixture(autouse=True, params=CALLS)
    def _each(self, request: pytest.FixtureRequest, graph: OpenGraph) -> None:
        self.name = request.param
        self.made = {each.name: each for each in tools(graph)}

    @property
    def tool_constructor(self) -> BaseTool:
        return self.made[self.name]

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return CALLS[self.name]


@pytest.mark.anyio
class TestRetrievers(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True, params=[ClaimRetriever, PassageRetriever])
    def _each(self, request: pytest.FixtureRequest, graph: OpenGraph) -> None:
        self.kind = request.param
        self.graph = graph

    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return self.kind

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"graph": self.graph}

    @property
    def retriever_query_example(self) -> str:
        return "batch integration"
