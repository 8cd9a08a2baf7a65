"""Chat models of LangChain, given as objects: with structured output and without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from biorxivist.claims.extract.llm.run import extract_with_model
from biorxivist.claims.extract.llm.schema import SCHEMA
from biorxivist.llm.errors import CallFailed
from biorxivist.llm.langchain_model import LangChainModel, read_message
from biorxivist.llm.request import Request
from biorxivist.llm.retry import Patience
from graph.archive import Archive
from tests.fake_llm import FakeLLM
from tests.fake_llm.papers import as_answer, papers, read_faithfully

REQUEST = Request("List.", {"section": "Results", "passages": ["scGPT is good."]}, "claims", SCHEMA)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "archive")
    made.append(papers(1), writer="test")
    return made


def chat(fake: FakeLLM, **options: Any) -> LangChainModel:
    from langchain_openai import ChatOpenAI

    return LangChainModel(ChatOpenAI(model="fake", base_url=fake.url, api_key="sk-x", max_retries=0, **options))


def test_a_chat_model_with_structured_output_is_asked_like_any_server(archive: Archive) -> None:
    with FakeLLM(read_faithfully) as fake:
        done = extract_with_model(archive, archive.folder.parent, chat(fake))
        assert (done.asked, len(done.claims), done.open) == (3, 6, [])
        assert (done.used.tokens_in, done.used.tokens_out) == (3000, 300)
        assert extract_with_model(archive, archive.folder.parent, chat(fake)).used.calls == 0
        assert fake.calls[0].body["response_format"]["json_schema"]["schema"]["required"] == ["claims"]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("quota", "quota"),
        ("429_long", "rate_limited"),
        ("500", "server_error"),
        ("wrong_key", "refused_key"),
        ("refusal", "refusal"),
        ("cut_json", "not_json"),
    ],
)
def test_its_failures_are_understood(archive: Archive, fault: str, why: str) -> None:
    with FakeLLM(read_faithfully, lambda number: fault) as fake:
        patience = Patience(sleep=lambda seconds: None, attempts=1)
        done = extract_with_model(archive, archive.folder.parent, chat(fake), patience=patience, at_once=1)
        assert done.open[0].why == why


def test_a_chat_model_that_answers_in_text_only_is_told_the_schema() -> None:
    answer = as_answer(read_faithfully("Results", ["scGPT outperformed scVI."]))
    seen: list[Any] = []

    class Watched(GenericFakeChatModel):
        def _generate(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
            seen.extend(messages)
            return super()._generate(messages, *args, **kwargs)

    reply = LangChainModel(Watched(messages=iter([AIMessage(answer)]))).send(REQUEST, timeout=1)
    assert (reply.text, reply.stopped) == (answer, "end")
    system, human = seen
    assert '"additionalProperties": false' in system.content
    assert "scGPT is good." in human.content
    assert "scGPT" not in system.content


def test_whatever_the_object_raises_is_a_call_that_failed() -> None:
    class Broken:
        def with_structured_output(self, schema: Any, **options: Any) -> Any:
            return self

        def invoke(self, messages: Any) -> Any:
            msg = "boom"
            raise RuntimeError(msg)

    with pytest.raises(CallFailed, match=r"langchain:Broken did not answer \(RuntimeError\)"):
        LangChainModel(Broken()).send(REQUEST, timeout=1)


def test_an_answer_cut_off_at_the_limit_is_known_as_such() -> None:
    message = AIMessage('{"claims": [', response_metadata={"finish_reason": "length"})
    assert read_message({"raw": message, "parsed": None}).stopped == "length"
    assert read_message(AIMessage("")).stopped == "nothing"
    called = AIMessage("", tool_calls=[{"name": "claims", "args": {"claims": []}, "id": "1"}])
    assert read_message({"raw": called, "parsed": None}).text == '{"claims": []}'


def test_an_answer_that_its_library_has_completed_is_read_as_it_came() -> None:
    torn = '{"claims": [{"number": "0.7'
    reply = read_message({"raw": AIMessage(torn), "parsed": {"claims": [{"number": "0.7"}]}})
    assert reply.text == torn
