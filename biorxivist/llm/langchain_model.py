"""Any chat model of LangChain, given as an object: whoever made it has chosen where it sends what."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from biorxivist.llm.failures import call_failed
from biorxivist.llm.request import Reply, Request

__all__ = ["LangChainModel"]


class LangChainModel:
    """A LangChain chat model; give it ``max_retries=0``, because failed calls are repeated and counted here.

    Parameters
    ----------
    model
        An object with ``invoke``; its structured output is used where it has one.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self.provider = f"langchain:{type(model).__name__}"
        self.name = str(getattr(model, "model_name", None) or getattr(model, "model", None) or type(model).__name__)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What the object says of itself; its address, and its temperature."""
        values = {name: getattr(self._model, name, None) for name in ("temperature", "openai_api_base", "base_url")}
        return {name: str(value) for name, value in values.items() if value is not None}

    def send(self, request: Request, *, timeout: float) -> Reply:
        """Send one request, once; the time limit is that of the object.

        Raises
        ------
        CallFailed
            If no answer came.
        """
        del timeout
        try:
            structured = self._model.with_structured_output(
                {"title": request.schema_name, "description": "The answer.", **request.schema}, include_raw=True
            )
            system = request.system
        except NotImplementedError:  # it answers in text only
            structured = self._model
            system = f"{request.system}\nAnswer with one JSON object of this schema: {json.dumps(request.schema)}"
        messages = [("system", system), ("human", request.message(secrets.token_hex(16)))]
        try:
            answer = structured.invoke(messages)
        except Exception as error:  # noqa: BLE001 - every provider has its own, and all mean that there is no answer
            raise call_failed(error, self.provider) from None
        return read_message(answer)


def read_message(answer: Any) -> Reply:
    """Read a message, or the map with a raw message that structured output gives.

    The parsed answer of that map is not used: its parser completes what was cut off, and makes 0.7 of a torn 0.79.
    """
    message = answer.get("raw") if isinstance(answer, Mapping) else answer
    usage = getattr(message, "usage_metadata", None) or {}
    counted = [usage.get("input_tokens"), usage.get("output_tokens")]
    said = getattr(message, "additional_kwargs", {}).get("refusal")
    if said:
        return Reply(str(said), "refusal", *counted)
    text, calls = str(getattr(message, "text", "")), getattr(message, "tool_calls", ())
    if not text and calls:  # providers without a JSON mode answer by the arguments of a tool, parsed strictly
        text = json.dumps(calls[0]["args"])
    if getattr(message, "response_metadata", {}).get("finish_reason") == "length":
        return Reply(text, "length", *counted)
    return Reply(text, "end" if text else "nothing", *counted)
