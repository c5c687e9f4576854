"""The layered drawing: ranks follow the arrows, heights keep a distance, long edges pass between."""

from __future__ import annotations

from itertools import pairwise

from tidegraph.engine.trace.layered import apart, layered, ranks_of

DIAMOND = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("a", "d")]


def test_every_arrow_goes_to_a_later_column() -> None:
    places, bends = layered("abcd", DIAMOND)
    assert [places[node][0] for node in "abcd"] == [0, 1, 1, 2]
    assert all(places[source][0] < places[target][0] for source, target in DIAMOND)
    assert [len(bends[edge]) for edge in DIAMOND] == [0, 0, 0, 0, 1]


def test_nothing_in_a_column_is_closer_than_one() -> None:
    places, bends = layered("abcd", DIAMOND)
    column = sorted([places["b"][1], places["c"][1], bends["a", "d"][0][1]])
    assert all(high - low >= 1 - 1e-9 for low, high in pairwise(column))
    assert min(height for _, height in places.values()) >= 0


def test_what_is_read_late_stands_right_before_its_reader() -> None:
    assert ranks_of(["x", "y", "late", "h", "J"], [("x", "h"), ("y", "h"), ("h", "J"), ("late", "J")])["late"] == 1


def test_heights_stay_where_they_are_wanted_if_there_is_room() -> None:
    assert apart([0.0, 2.0, 5.0]) == [0.0, 2.0, 5.0]
    assert apart([1.0, 1.0]) == [0.5, 1.5]
    assert layered([], []) == ({}, {})
