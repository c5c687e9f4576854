"""Captured calls of PyTorch's functions beside PyTorch: values and gradients in float64."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.models.pytorch import MissingRules

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional

INDEX = torch.tensor([[0, 1, 2, 3], [1, 0, 1, 2], [3, 3, 1, 0]])


def image(a):
    return a.repeat(2, 2)[None, None]


def spd(a):
    """A symmetric positive definite matrix whose eigenvalues differ."""
    return a.T @ a + torch.diag(torch.arange(1.0, 5.0, dtype=torch.float64))


FAMILIES = {
    "statistics": [
        lambda a, c: a.median(),
        lambda a, c: a.median(1).values,
        lambda a, c: a.kthvalue(3, 1, keepdim=True)[0],
        lambda a, c: a.cummax(1).values * a.cummax(1).indices,
        lambda a, c: a.cummin(0)[0],
        lambda a, c: a.aminmax(dim=1).max,
        lambda a, c: a.msort(),
        lambda a, c: a.quantile(0.3, dim=1),
        lambda a, c: torch.quantile(a, 0.7),
        lambda a, c: torch.dist(a, c, 3),
        lambda a, c: F.pdist(a),
        lambda a, c: torch.trapezoid(a, dim=1),
        lambda a, c: torch.trapezoid(a, c),
    ],
    "elementwise": [
        lambda a, c: torch.fmax(a, c),
        lambda a, c: torch.fmin(a, c),
        lambda a, c: torch.copysign(a, c - 0.8),
        lambda a, c: torch.copysign(a, -1.0),
        lambda a, c: torch.frac(c * 3),
        lambda a, c: torch.logaddexp2(a, c),
        lambda a, c: torch.ldexp(a, torch.tensor([1, 2, 0, 3])),
        lambda a, c: F.rrelu(a - 0.5, 0.1, 0.4),
        lambda a, c: torch.erfinv(a),
        lambda a, c: torch.deg2rad(a) + torch.rad2deg(c),
        lambda a, c: torch.special.xlog1py(a, c) + torch.special.entr(a),
        lambda a, c: torch.special.ndtr(a) + torch.special.log_ndtr(c) + torch.special.erfcx(a),
        lambda a, c: torch.renorm(c, 2, 0, 1.0),
    ],
    "products": [
        lambda a, c: torch.addr(a, a[:, 0], c[0], beta=0.5, alpha=2),
        lambda a, c: torch.addbmm(a[:, :3], a[None], c.T[None]),
        lambda a, c: torch.tensordot(a, c, ([1], [1])),
        lambda a, c: torch.kron(a, c) + 0,
        lambda a, c: torch.inner(a, c),
        lambda a, c: torch.linalg.multi_dot([a, c.T, a]),
        lambda a, c: torch.linalg.matrix_power(spd(a), 3),
        lambda a, c: torch.linalg.matrix_exp(a @ c.T),
        lambda a, c: torch.linalg.slogdet(spd(a)).logabsdet,
        lambda a, c: torch.linalg.eigvalsh(spd(a)),
        lambda a, c: torch.linalg.eigh(spd(a)).eigenvalues,
        lambda a, c: torch.linalg.svdvals(a),
        lambda a, c: torch.linalg.qr(spd(a)).R ** 2,
    ],
    "arranging": [
        lambda a, c: torch.diff(a),
        lambda a, c: torch.rot90(a),
        lambda a, c: torch.fliplr(a) + torch.flipud(a),
        lambda a, c: torch.take_along_dim(a, INDEX, 1),
        lambda a, c: torch.take_along_dim(a, INDEX[0]),
        lambda a, c: torch.dstack([a, c]),
        lambda a, c: torch.block_diag(a, c),
        lambda a, c: torch.diag_embed(a),
        lambda a, c: torch.atleast_3d(a),
        lambda a, c: F.pixel_unshuffle(image(a), 2),
        lambda a, c: F.channel_shuffle(image(a).reshape(1, 4, 3, 4), 2),
        lambda a, c: F.fold(F.unfold(image(a), 2), (6, 8), 2),
    ],
    "resampling": [
        lambda a, c: F.interpolate(image(a), scale_factor=2),
        lambda a, c: F.interpolate(image(a), size=(9, 5)),
        lambda a, c: F.interpolate(image(a), scale_factor=2, mode="bilinear"),
        lambda a, c: F.interpolate(image(a), size=(5, 7), mode="bilinear", align_corners=True),
        lambda a, c: F.interpolate(a[None], scale_factor=2, mode="linear"),
        lambda a, c: F.grid_sample(image(a), torch.stack([c, c], -1)[None], align_corners=False),
        lambda a, c: F.affine_grid(a[None, :2, :3], [1, 1, 3, 3], align_corners=False),
        lambda a, c: F.adaptive_max_pool2d(image(a), (2, 3)),
        lambda a, c: F.max_unpool2d(*F.max_pool2d(image(a), 2, return_indices=True), 2),
    ],
}


class Calls(nn.Module):
    """The sum of functions of two parameters, and each of them."""

    def __init__(self, functions) -> None:
        super().__init__()
        rng = np.random.default_rng(5)
        self.functions = functions
        self.a = nn.Parameter(torch.from_numpy(rng.uniform(0.1, 0.9, (3, 4))))
        self.c = nn.Parameter(torch.from_numpy(rng.uniform(0.3, 1.3, (3, 4))))

    def forward(self):
        found = [f(self.a, self.c) for f in self.functions]
        weighted = [(x * torch.linspace(0.5, 1.5, x.numel(), dtype=torch.float64).view(x.shape)).sum() for x in found]
        return sum(weighted), *weighted


@pytest.mark.parametrize("family", FAMILIES)
def test_functions_and_their_gradients_are_those_of_pytorch(family: str) -> None:
    module = Calls(FAMILIES[family]).eval()
    total, *parts = module()
    total.backward()
    model = tidegraph.torch.capture(module, ())
    values, gradients = tidegraph.value_and_grad(model.graph, target=model.outputs[0])(model.values)
    made = [values[name] for name in model.outputs]
    np.testing.assert_allclose(made, [x.item() for x in (total, *parts)], rtol=1e-8, atol=1e-10)
    for name in ("a", "c"):
        wanted = getattr(module, name).grad
        if wanted is not None:
            np.testing.assert_allclose(gradients[model.names[name]], wanted.numpy(), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(
    "function",
    [
        lambda a, c: F.rrelu(a, training=True),
        lambda a, c: torch.diff(a, prepend=c),
        lambda a, c: torch.linalg.svd(a).S,
    ],
)
def test_what_cannot_be_expressed_is_refused_by_name(function) -> None:
    with pytest.raises(MissingRules, match=r"aten\.(rrelu|diff|linalg_svd)"):
        tidegraph.torch.capture(Calls([function]), ())
