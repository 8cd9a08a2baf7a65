"""Run the fake services by hand: ``python -m tests.fake_literature ../shared/samples 500``.

Prints the settings that make the product talk to them; ends with Ctrl-C.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from . import FakeLiterature, build

SERVICES = {"EUROPEPMC": "europepmc", "BIORXIV_API": "biorxiv", "BIORXIV_WEB": "web", "CROSSREF": "crossref"}

if __name__ == "__main__":
    papers = int(sys.argv[2]) if len(sys.argv) > 2 else 109
    corpus = build(Path(sys.argv[1]), papers, revised=10, open_every=20)
    with FakeLiterature(corpus) as fake:
        for name, service in {**SERVICES, "OPENALEX": "openalex"}.items():
            print(f"export BIORXIVIST_{name}_URL={fake.url(service)} BIORXIVIST_{name}_RATE=200", flush=True)
        try:
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            pass
