from __future__ import annotations

import numpy as np
import pytest

from scaling.corpus.counts import Corpus, build_corpus
from scaling.corpus.genes import select_genes
from scaling.errors import CorpusError
from scaling.simulate import simulate
from scaling.views.log import log_normalise


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return build_corpus(simulate(cells=300, genes=200, types=4, studies=2, depth=500, seed=2), name="c", min_genes=10)


def test_genes_of_programs_are_chosen_before_flat_ones_and_the_choice_is_stable(corpus: Corpus) -> None:
    chosen = select_genes(corpus, 40)
    assert len(set(chosen.tolist())) == 40
    assert (np.diff(chosen) > 0).all()
    assert (select_genes(corpus, 40) == chosen).all()
    cells = log_normalise(corpus, np.arange(200))
    spread = cells.dense(np.arange(len(cells))).var(axis=0)
    assert spread[chosen].mean() > np.delete(spread, chosen).mean()


def test_more_genes_than_there_are_cannot_be_chosen(corpus: Corpus) -> None:
    with pytest.raises(CorpusError, match="has 200 genes, the study asks for 500"):
        select_genes(corpus, 500)
