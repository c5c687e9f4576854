"""How PyTorch's functions name operators."""

from __future__ import annotations

import pytest

from tidegraph.engine.graph import leaf
from tidegraph.engine.language.torch_functions.operands import op


def test_an_operator_by_name_is_the_one_of_the_registry() -> None:
    x = leaf((2, 3), "input")
    assert op("sum")(x, axis=1).shape == (2,)
    with pytest.raises(KeyError):
        op("no_such_operator")
