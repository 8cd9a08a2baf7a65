"""Fetching politely: `Session` is the one way out; `Pace` and `Limits` say how fast and how patiently."""

from __future__ import annotations

from biorxivist.literature.http.pace import Pace, host_of
from biorxivist.literature.http.session import Limits, Response, Session, user_agent

__all__ = ["Limits", "Pace", "Response", "Session", "host_of", "user_agent"]
