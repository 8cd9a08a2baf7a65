"""The language model that somebody has chosen, and nobody else's.

A model is used only if it is named: by an argument, or by ``BIORXIVIST_LLM_MODEL``. A key in the environment names
none, and ``OPENAI_API_KEY`` is sent to OpenAI only.
"""

from __future__ import annotations

from pydantic import SecretStr

from biorxivist.errors import ModelNotConfigured
from biorxivist.llm.openai_server import OPENAI, OpenAIServer, is_openai

__all__ = ["open_model"]


def open_model(
    name: str | None,
    *,
    base_url: str | None = None,
    key: SecretStr | None = None,
    openai_key: SecretStr | None = None,
    sends: bool = True,
) -> OpenAIServer:
    """Open a model by its name.

    Parameters
    ----------
    base_url
        Address of the server; OpenAI's if left out.
    key
        Key for that server, whichever it is.
    openai_key
        Key for OpenAI, which no other server is sent.
    sends
        Whether calls will be made; a plan of them needs no key.

    Raises
    ------
    ModelNotConfigured
        If no model is named, or OpenAI is asked without a key.
    """
    if not name:
        msg = (
            "No language model is named. Give one (--llm MODEL) or set BIORXIVIST_LLM_MODEL, and "
            "BIORXIVIST_LLM_BASE_URL for a server that is not OpenAI's; docs/llm.md says what is sent."
        )
        raise ModelNotConfigured(msg)
    address = base_url or OPENAI
    if key is None and is_openai(address):
        key = openai_key
        if key is None and sends:
            msg = f"{name} on {OPENAI} needs a key: set OPENAI_API_KEY, or BIORXIVIST_LLM_BASE_URL for another server."
            raise ModelNotConfigured(msg)
    return OpenAIServer(name, base_url=address, key=key)
