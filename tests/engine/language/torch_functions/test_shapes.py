"""Views, parts and joined arrays with PyTorch's arguments."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.language.reading import refused, value

X = np.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("torch.abs(x).repeat(2, 1)", np.tile(X, (2, 1))),
        ("torch.repeat_interleave(x, 2, dim=1)", np.repeat(X, 2, axis=1)),
        ("torch.split(x, 2)[1]", X[2:]),
        ("torch.split(x, [1, 3], dim=1)[1]", X[:, 1:]),
        ("torch.chunk(x, 3, dim=1)[1]", X[:, 2:]),
        ("torch.tensor_split(x, 3, dim=1)[0]", X[:, :2]),
        ("torch.unbind(x, 1)[3]", X[:, 3]),
        ("F.pad(x, (1, 2))", np.pad(X, ((0, 0), (1, 2)))),
        ("F.pad(x, (1, 2, 3, 0), 'constant', 1.5)", np.pad(X, ((3, 0), (1, 2)), constant_values=1.5)),
        ("F.pad(x, (0, -1))", X[:, :-1]),
        ("x.view(-1, 2)", X.reshape(-1, 2)),
        ("x.permute(1, 0)", X.T),
        ("x.t()", X.T),
        ("torch.unflatten(x, 1, (2, -1))", X.reshape(3, 2, 2)),
        ("x[:, None].expand(-1, 2, -1)", np.stack([X, X], 1)),
        ("x[None].squeeze(0)", X),
        ("x.squeeze(0)", X),
        ("torch.where(x > 5, x, 0)", np.where(X > 5, X, 0)),
        ("torch.index_select(x, 1, torch.tensor([3, 0]))", X[:, [3, 0]]),
        ("torch.take(x, torch.tensor([5, 0]))", [5, 0]),
        ("x.narrow(1, 1, 2)", X[:, 1:3]),
        ("x.select(0, 2)", X[2]),
        ("x[0].unfold(0, 2, 2)", [[0, 1], [2, 3]]),
        ("x.flip(0, 1)", X[::-1, ::-1]),
        ("torch.hstack([x, x])", np.hstack([X, X])),
        ("torch.vstack([x[0], x[1]])", X[:2]),
        ("torch.dstack([x, x])", np.dstack([X, X])),
        ("torch.column_stack([x[:, 0], x[:, 3]])", X[:, [0, 3]]),
        ("torch.cat((x, x), dim=-1)", np.concatenate([X, X], -1)),
        ("torch.stack((x, x), dim=1)", np.stack([X, X], 1)),
    ],
)
def test_value(expression: str, wanted: np.ndarray) -> None:
    np.testing.assert_array_equal(value(expression, x=X), wanted)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("y = torch.split(x, [1, 1], dim=1)", "parts-do-not-add-up"),
        ("y = torch.split(x, 0)", "part-of-no-size"),
        ("y = F.pad(x, (1, 2, 3))", "pad-pairs"),
        ("y = F.pad(x, (1, 2), mode='mirror')", "pad-mode"),
    ],
)
def test_refused(line: str, code: str) -> None:
    error = refused(f"x: input[3, 4]\n{line}")
    assert (error.code, error.line) == (code, 2)
