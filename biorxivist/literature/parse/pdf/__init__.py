"""Papers as PDF: pages to text in reading order, in a child process with limits.

The order of things: ``glyphs`` and ``graphics`` (characters and pictures of a page), ``margins`` and ``tables`` (what
is no text), ``rows`` and ``columns`` (reading order), ``blocks``, ``headings`` and ``entries`` (what is what),
``wording`` (one text of many lines); ``reading`` calls them inside of the child that ``child`` starts. ``document``
makes the records.
"""

from __future__ import annotations
