"""Captured calls of PyTorch's functions beside PyTorch: values and gradients in float64."""

from __future__ import annotations

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.models.pytorch import MissingRules

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional

INDEX = torch.tensor([[0, 1, 2, 3], [1, 0, 1, 2], [3, 3, 1, 0]])
SHARES = torch.tensor([[[0.3, 0.8, 0.6]]], dtype=torch.float64)


def holes(a):
    """With a column of numbers that are none."""
    return torch.where(torch.tensor([False, True, False, False]), torch.nan, a)


def put(a, c):
    """With columns written into a copy."""
    a = a.clone()
    a[:, INDEX[0][:2]] = c[:, :2]
    return a


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
        lambda a, c: torch.cumulative_trapezoid(a, dim=1) + torch.cumulative_trapezoid(a, c)[:, :3],
        lambda a, c: torch.nansum(holes(a)) + torch.nanmean(holes(a), 1),
        lambda a, c: torch.nanmedian(holes(a)) + torch.nanmedian(holes(a), 1).values,
        lambda a, c: torch.nanquantile(holes(a), torch.tensor([0.2, 0.7], dtype=torch.float64), 1),
        lambda a, c: torch.mode(a.round(decimals=1), 1)[0] * torch.mode(a.round(decimals=1), 1).indices,
        lambda a, c: torch.var(a, 1, correction=1.3) + torch.std(c, 1, correction=1.3),
        lambda a, c: torch.gradient(a, spacing=0.5)[1],
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
        lambda a, c: torch.polygamma(1, c) + torch.mvlgamma(c + 2, 2) + torch.special.ndtri(a),
        lambda a, c: (9 * a).long() * c + torch.isclose(a, c, atol=0.2) + a.flip(()),
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
        lambda a, c: torch.linalg.matrix_norm(a, "nuc") + torch.linalg.norm(c, 1) + torch.linalg.norm(a) + a.norm(3),
        lambda a, c: torch.linalg.pinv(a) + torch.pinverse(c),
        lambda a, c: torch.linalg.cholesky(spd(a), upper=True) + torch.linalg.cholesky_ex(spd(c)).L,
        lambda a, c: torch.linalg.solve(spd(a), c.T) + torch.linalg.solve(spd(a), c, left=False).T,
        lambda a, c: torch.linalg.solve_ex(spd(a), a[0]).result + torch.linalg.inv_ex(spd(c)).inverse,
        lambda a, c: torch.linalg.solve_triangular(spd(a), c.T, upper=True) + torch.logdet(spd(a)),
        lambda a, c: torch.cholesky_solve(a.T, torch.linalg.cholesky(spd(c))) + torch.linalg.cond(spd(a)),
        lambda a, c: torch._weight_norm(a, c[:, :1], 0) + torch.linalg.vander(a[0])[:3],
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
    "placing": [
        lambda a, c: a.scatter(0, INDEX[1:2] % 3, c[:1]) + a.scatter(1, INDEX[:, :1], 2.0),
        *(
            lambda a, c, how=how, own=own: a.scatter_reduce(1, INDEX, c, how, include_self=own)
            for how in ("sum", "prod", "mean", "amax", "amin")
            for own in (True, False)
        ),
        lambda a, c: a.index_copy(1, INDEX[0][:2], c[:, :2]) + a.index_fill(0, INDEX[0][:1], 3.0),
        lambda a, c: a.diagonal_scatter(c[:, 0]) + a.select_scatter(c[0], 0, 1) + a.slice_scatter(c[:, :2], 1, 1, 4, 2),
        lambda a, c: a.index_put((INDEX[1][:2], INDEX[2][:2]), c[0, :2], accumulate=True),
        lambda a, c: put(a, c) + a.masked_scatter(a > c, c),
        lambda a, c: a.put(INDEX[0], c[0]) + a.index_put((torch.tensor([True, False, True]),), c[:2]),
        lambda a, c: torch.searchsorted(torch.tensor([0.2, 0.5, 0.7]).double(), a, right=True) * c,
        lambda a, c: torch.bucketize(a, torch.tensor([0.2, 0.5, 0.7]).double()) * c,
        lambda a, c: F.embedding(INDEX % 3, a, padding_idx=1),
        lambda a, c: F.embedding_bag(INDEX % 3, a, mode="sum", per_sample_weights=c),
        lambda a, c: F.embedding_bag(INDEX[0] % 3, a, torch.tensor([0, 2]), padding_idx=0),
        lambda a, c: torch.cartesian_prod(a[0], c[0]) + torch.meshgrid(a[0], c[0], indexing="xy")[1].reshape(-1, 1),
    ],
    "losses": [
        lambda a, c: F.multi_margin_loss(a, torch.tensor([0, 3, 1]), p=2, weight=c[0].detach()),
        lambda a, c: F.multilabel_margin_loss(a, torch.tensor([[0, 2, -1, 1], [3, 2, 1, 0], [-1, 0, 0, 0]])),
        lambda a, c: F.ctc_loss(torch.stack([a, c], 1).log_softmax(-1), torch.tensor([[1, 2], [3, 3]]), (3, 3), (2, 1)),
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
        lambda a, c: F.interpolate(image(a), size=(4, 13), mode="bicubic", align_corners=True),
        lambda a, c: F.interpolate(image(a), size=(4, 13), mode="nearest-exact"),
        lambda a, c: F.interpolate(image(a), size=(4, 3), mode="bicubic", antialias=True),
        lambda a, c: F.interpolate(image(a), scale_factor=0.7, mode="bilinear", antialias=True),
        lambda a, c: F.interpolate(image(a)[None], scale_factor=2, mode="trilinear"),
        lambda a, c: F.avg_pool2d(image(a), 2, divisor_override=3),
        lambda a, c: F.fractional_max_pool2d(image(a), 2, (4, 3), _random_samples=SHARES[:, :, :2]),
        lambda a, c: F.fractional_max_pool3d(image(a).view(1, 4, 3, 4), 2, (2, 1, 2), _random_samples=SHARES),
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
