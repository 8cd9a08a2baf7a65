from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from biorxivist.tools import TOOLS, OpenGraph, call
from biorxivist.workspace.home import Home
from tests.biorxivist.tools.calls import CALLS

pytest.importorskip("langchain_core")


@pytest.mark.parametrize("name", CALLS)
def test_a_tool_gives_text_and_the_record_as_artifact(graph: OpenGraph, name: str) -> None:
    from biorxivist.langchain import tools

    made = {each.name: each for each in tools(graph)}
    assert list(made) == [each.name for each in TOOLS]
    message = made[name].invoke({"name": name, "args": CALLS[name], "id": "1", "type": "tool_call"})
    assert message.artifact == json.loads(call(name, CALLS[name], graph).model_dump_json())
    assert json.loads(message.content) == message.artifact


def test_an_error_of_ours_is_told_to_the_agent(graph: OpenGraph) -> None:
    from biorxivist.langchain import tools

    query = next(each for each in tools(graph) if each.name == "graph_query")
    call_ = {"name": "graph_query", "args": {"query": "MATCH (n) DELETE n"}, "id": "1", "type": "tool_call"}
    message = query.invoke(call_)
    assert message.status == "error"
    assert "queries only read" in message.content


def test_claims_and_passages_are_retrieved_as_documents(graph: OpenGraph) -> None:
    from biorxivist.langchain import ClaimRetriever, PassageRetriever

    claims = ClaimRetriever(graph=graph, k=3).invoke("zero-shot batch integration")
    assert len(claims) == 3
    assert all(each.id in graph.index.claims and each.metadata["who"] for each in claims)
    passages = PassageRetriever(graph=graph, k=2).invoke("zero-shot batch integration")
    assert len(passages) == 2
    assert all(each.metadata["paper_id"] in graph.index.papers for each in passages)
    assert len(ClaimRetriever(graph=graph, k=3).invoke("batch integration", k=1)) == 1


def test_a_retriever_opens_the_graph_once(seeded: Home) -> None:
    from biorxivist.langchain import ClaimRetriever

    retriever = ClaimRetriever(k=1)
    opened = retriever.opened()
    assert retriever.invoke("batch integration")
    assert retriever.opened() is opened
    opened.store.close()


def test_an_agent_answers_one_question_through_three_tools(graph: OpenGraph) -> None:
    pytest.importorskip("langchain")
    from langchain.agents import create_agent
    from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage, ToolMessage

    from biorxivist.langchain import tools

    class Scripted(GenericFakeChatModel):
        def bind_tools(self, tools: Sequence[Any], **options: Any) -> Any:
            return self

    names = ("find_claims", "check", "ask")
    turns = [
        AIMessage(content="", tool_calls=[{"name": name, "args": CALLS[name], "id": str(number)}])
        for number, name in enumerate(names)
    ]
    model = Scripted(messages=iter([*turns, AIMessage(content="51,342,358 parameters.")]))
    agent = create_agent(model, tools(graph))
    result = agent.invoke({"messages": [{"role": "user", "content": "How large is scGPT?"}]})
    called = [each for each in result["messages"] if isinstance(each, ToolMessage)]
    assert [each.name for each in called] == list(names)
    assert all(each.status == "success" and each.artifact["provenance"] for each in called)
    assert result["messages"][-1].content == "51,342,358 parameters."
