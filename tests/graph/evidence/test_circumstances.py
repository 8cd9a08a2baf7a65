"""The circumstances of a verdict are lines for a reader: no braces, aligned numbers, and no list without end."""

from __future__ import annotations

import json

from graph.evidence.circumstances import circumstance_lines


def test_scores_stand_in_a_table_with_a_row_for_each_number_of_training_steps() -> None:
    scores = {"model:a": {"untrained": 0.7609, "1000": {"100": 0.8722, "20698": 0.9139}, "250": {"100": 0.8977}}}
    assert list(circumstance_lines({"scores": scores})) == [
        "  scores of model:a, by training steps (down) and corpus cells (across):",
        "                 100  20,698",
        "          250  0.898       -",
        "         1000  0.872   0.914",
        "    untrained  0.7609",
    ]


def test_a_model_that_is_fitted_without_steps_is_said_to_have_none() -> None:
    text = "\n".join(circumstance_lines({"scores": {"model:ours_pca": {"None": {"100": 0.8926}}}}))
    assert "no steps  0.893" in text
    assert "None" not in text


def test_parameters_that_are_stored_as_json_are_read_out_without_braces() -> None:
    config = json.dumps({"batch_size": 128, "checkpoints": [250, 1000, 4000], "ema": 0.999})
    assert list(circumstance_lines({"hyperparameters": [config]})) == [
        "  hyperparameters: 1",
        "    batch size: 128; checkpoints: 250, 1000, 4000; ema: 0.999",
    ]


def test_a_part_of_the_settings_is_told_from_what_follows_and_one_that_is_not_used_is_not_called_unknown() -> None:
    config = {"optimiser": {"name": "adamw", "clip_norm": None, "betas": [0.9, 0.999]}, "steps": 1000, "warmup": None}
    assert list(circumstance_lines({"hyperparameters": [config]}))[1:] == [
        "    optimiser (name: adamw; betas: 0.9, 0.999); steps: 1000",
    ]


def test_many_records_are_counted_and_the_reader_is_pointed_to_all_of_them() -> None:
    points = [{"rule": "a@1" if at % 2 else "b@1", "fraction": at / 100, "low": None} for at in range(140)]
    assert list(circumstance_lines({"beside": points})) == [
        "  saturation points of our runs, which never enter the verdict: 140, each in full in --json",
        "    rule: a@1 (70), b@1 (70)",
        "    fraction: 0 to 1.39",
    ]


def test_a_map_is_one_line_in_which_ids_keep_their_form_so_that_names_can_replace_them() -> None:
    losses = {"model:ours_masked": {"dataset:pbmc_3tech": 0.0389, "dataset:pbmc3k": -0.0677}}
    assert list(circumstance_lines({"cells": {"ours": 20698, "theirs": None}, "loss_at_share": losses})) == [
        "  corpus cells: ours: 20,698; theirs: unknown",
        "  loss at the claimed fraction:",
        "    model:ours_masked: dataset:pbmc_3tech: 0.0389; dataset:pbmc3k: -0.0677",
    ]


def test_a_long_list_of_values_is_cut_and_the_rest_counted() -> None:
    (line,) = circumstance_lines({"seeds": list(range(40))})
    assert line == "  seeds: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 28 more, in --json"
