"""As much of Ray's interface as the scaling package uses, in this process: what is sent goes through pickle."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from types import ModuleType
from typing import Any


class RayError(Exception):
    pass


class RayActorError(RayError):
    pass


class RayTaskError(RayError):
    def __init__(self, cause: Exception) -> None:
        self.cause = cause
        super().__init__(f"ray::do()\nTraceback\n{cause}")


class Ref:
    def __init__(self, value: Any = None, error: Exception | None = None) -> None:
        self.value, self.error = value, error

    def __reduce__(self) -> Any:
        return _find, (id(self),)


_refs: dict[int, Ref] = {}


def _find(number: int) -> Ref:
    return _refs[number]


class FakeRay(ModuleType):
    """``loses(method, number of calls of it so far)`` says whether the worker of a call is lost in the middle of it."""

    def __init__(self, *, loses: Callable[[str, int], bool] = lambda *_: False, gpus: float = 0.0) -> None:
        super().__init__("ray")
        self.loses, self.gpus = loses, gpus
        self.calls: dict[str, int] = {}
        self.options: dict[str, Any] = {}
        self.address: str | None = None
        self.workers, self.killed, self.waits = 0, 0, 0
        self.up = False
        self.exceptions = ModuleType("ray.exceptions")
        vars(self.exceptions).update(RayError=RayError, RayTaskError=RayTaskError)

    def is_initialized(self) -> bool:
        return self.up

    def init(self, *, address: str, **_: Any) -> None:
        if address not in {"local", "auto"}:
            msg = f"Could not find any running Ray instance at {address}."
            raise ConnectionError(msg)
        self.address, self.up = address, True

    def shutdown(self) -> None:
        self.up = False

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 2.0} | ({"GPU": self.gpus} if self.gpus else {})

    def put(self, value: Any) -> Ref:
        ref = Ref(pickle.loads(pickle.dumps(value)))
        _refs[id(ref)] = ref
        return ref

    def get(self, ref: Ref) -> Any:
        if ref.error is not None:
            raise ref.error
        return ref.value

    def wait(self, refs: list[Ref], *, num_returns: int = 1, timeout: float = 0) -> tuple[list[Ref], list[Ref]]:
        assert refs
        self.waits += 1
        turn = self.waits % len(refs)  # any may end first
        ready = [*refs[turn:], *refs[:turn]][:num_returns]
        return ready, [ref for ref in refs if ref not in ready]

    def kill(self, actor: Any) -> None:
        self.killed += 1

    def remote(self, kind: type) -> Any:
        return _Kind(self, kind)


class _Kind:
    def __init__(self, ray: FakeRay, kind: type) -> None:
        self.ray, self.kind = ray, kind

    def options(self, **options: Any) -> _Kind:
        self.ray.options = options
        return self

    def remote(self, *arguments: Any) -> _Actor:
        self.ray.workers += 1
        return _Actor(self.ray, self.kind, pickle.loads(pickle.dumps(arguments)))


class _Actor:
    def __init__(self, ray: FakeRay, kind: type, arguments: tuple[Any, ...]) -> None:
        self._ray, self._kind, self._arguments = ray, kind, arguments
        self._worker: Any = None

    def __getattr__(self, method: str) -> Any:
        return _Method(self, method)

    def _call(self, method: str, arguments: tuple[Any, ...]) -> Ref:
        ray = self._ray
        ray.calls[method] = number = ray.calls.get(method, 0) + 1
        if ray.loses(method, number):
            return Ref(error=RayActorError("The actor died unexpectedly before finishing this task.\n\tpid: 1"))
        try:
            self._worker = self._worker or self._kind(*self._arguments)
            value = getattr(self._worker, method)(*pickle.loads(pickle.dumps(arguments)))
            return Ref(pickle.loads(pickle.dumps(value)))
        except Exception as error:  # noqa: BLE001 - as Ray does
            return Ref(error=RayTaskError(error))


class _Method:
    def __init__(self, actor: _Actor, name: str) -> None:
        self.actor, self.name = actor, name

    def remote(self, *arguments: Any) -> Ref:
        return self.actor._call(self.name, arguments)
