"""Einstein summation equals NumPy's, whatever the labels."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import ProgramError

CALLS = [
    ("ij,jk->ik", ((2, 3), (3, 4))),
    ("ij,jk,kl->il", ((2, 3), (3, 4), (4, 5))),
    ("ij,jk,kl", ((2, 3), (3, 4), (4, 5))),
    ("ijk->kji", ((2, 3, 4),)),
    ("ba", ((2, 3),)),
    ("ij->", ((2, 3),)),
    ("ii->i", ((3, 3),)),
    ("iij->j", ((3, 3, 2),)),
    ("ijij->ij", ((2, 3, 2, 3),)),
    ("ij,ij", ((2, 3), (2, 3))),
    ("i,j,k->kij", ((2,), (3,), (4,))),
    ("ab,ab,ab->a", ((2, 3), (2, 3), (2, 3))),
    ("ij,k->ik", ((2, 3), (4,))),
    ("i,->i", ((3,), ())),
    ("bc,bc->cb", ((1, 3), (2, 3))),
    ("a,a->", ((0,), (0,))),
    ("...ii->...i", ((2, 3, 3),)),
    ("i...,j...->ij...", ((2, 4), (3, 4))),
    ("b...d,...de->b...e", ((2, 5, 3), (5, 3, 4))),
    ("...,...->...", ((3,), (2, 3))),
    ("bhqd,bhkd->bhqk", ((2, 3, 4, 5), (2, 3, 6, 5))),
]


@pytest.mark.parametrize(("subscripts", "shapes"), CALLS)
def test_value_equals_numpys(subscripts: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    names = [f"x{n}" for n in range(len(shapes))]
    declared = [
        f"{name}: input[{', '.join(map(str, shape))}]" if shape else f"{name}: input"
        for name, shape in zip(names, shapes, strict=True)
    ]
    graph = tidegraph.parse("\n".join([*declared, f'y = einsum("{subscripts}", {", ".join(names)})']))
    (values,) = tidegraph.function(graph)()
    wanted = np.einsum(subscripts, *(values[name] for name in names))
    np.testing.assert_allclose(values["y"], wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("subscripts", "message"),
    [
        ("ij,jk->ik", "label j has sizes"),
        ("ij->i", "names 1 operands, and 2 are given"),
        ("ijk,kl->il", "does not label the 2 axes"),
        ("ij,kl->im", "a label that no operand has"),
        ("i1,kl->i", "is not made of letters"),
    ],
)
def test_what_does_not_fit_is_explained(subscripts: str, message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        tidegraph.parse(f'A: input[2, 3]\nB: input[4, 5]\ny = einsum("{subscripts}", A, B)')
