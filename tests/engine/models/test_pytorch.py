"""Captured modules beside PyTorch: loss and every gradient in float64, names, scopes, notes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

import tidegraph
from tidegraph.engine.graph import TidegraphError

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional

from tests.engine.models.torch_modules import GPT, Block, Lesson, ResNet, lessons  # noqa: E402

NAMES = [
    *("mlp", "lenet", "resnet", "resnet_eval", "tagger", "seq2seq", "gpt", "vit", "vae", "unet", "skipgram", "gcn"),
    *("ppo", "experts", "mobile", "siamese", "rnn_lm", "diffusion"),
]


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def lesson(name: str) -> Lesson:
    return dict(lessons())[name]


def test_every_lesson_is_tested() -> None:
    assert [name for name, _ in lessons()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_loss_and_gradients_are_those_of_pytorch(name: str) -> None:
    module, args, loss = lesson(name)
    before = copy.deepcopy(module.state_dict())
    mode = module.training
    model = tidegraph.torch.capture(module, args, loss=loss)
    assert module.training == mode
    assert all(torch.equal(before[k], v) for k, v in module.state_dict().items())
    assert all(p.grad is None for p in module.parameters())
    out = module(*args)
    expected = loss(out) if loss else out
    expected.backward()
    graph = tidegraph.parse(model.program)
    values, gradients = tidegraph.value_and_grad(graph, target=model.outputs[0])(model.values)
    assert abs(float(values[model.outputs[0]]) - expected.item()) < 1e-8
    assert graph.target == model.outputs[0]
    for source, parameter in module.named_parameters():
        if parameter.grad is not None:
            np.testing.assert_allclose(
                gradients[model.names[source]], parameter.grad.numpy(), atol=1e-8, rtol=1e-8, err_msg=source
            )


@pytest.mark.parametrize("name", ["gpt", "resnet", "seq2seq"])
def test_saved_and_loaded_is_equal(name: str, tmp_path) -> None:
    module, args, loss = lesson(name)
    model = tidegraph.torch.capture(module, args, loss=loss)
    model.save(tmp_path / "x.tide")
    loaded = tidegraph.load(tmp_path / "x.tide")
    for field in ("program", "inputs", "outputs", "names", "notes"):
        assert getattr(loaded, field) == getattr(model, field)
    assert loaded.values.keys() == model.values.keys()
    for key, value in model.values.items():
        assert loaded.values[key].dtype == value.dtype
        np.testing.assert_array_equal(loaded.values[key], value)


def test_values_are_those_of_all_leaves() -> None:
    module, args, _ = lesson("gpt")
    model = tidegraph.torch.capture(module, args)
    assert set(model.values) == set(model.graph.leaves())
    assert model.inputs == ["idx", "targets"]


def test_scopes_are_the_modules_with_submodules() -> None:
    model = tidegraph.torch.capture(*lesson("gpt")[:2])
    scopes = model.graph.scopes
    assert [model.names[n] for n in ("h.0", "h.0.attn", "h.1", "h.1.attn")] == ["h.0", "h.0.attn", "h.1", "h.1.attn"]
    assert scopes["h.1.attn"].parent is scopes["h.1"]
    products = [o for o in model.graph.operators if o.op.name == "softmax"]
    assert [model.graph.scope_ids[o.origin.scope] for o in products] == ["h.0.attn", "h.1.attn"]


def test_tied_parameters_are_one_leaf() -> None:
    model = tidegraph.torch.capture(*lesson("gpt")[:2])
    assert model.names["wte.weight"] == model.names["lm_head.weight"]


def test_a_submodule_called_twice_is_two_scopes() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = nn.Sequential(nn.Linear(3, 3), nn.Tanh())

        def forward(self, x):
            return self.net(self.net(x)).sum()

    model = tidegraph.torch.capture(Twice(), (torch.randn(2, 3),))
    assert [name for name, s in model.graph.scopes.items() if s.op is None] == ["net", "net_2"]
    assert model.names["net"] == "net"


def test_colliding_names_stay_distinct() -> None:
    class Clash(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.decoder_dense = nn.Linear(3, 3, bias=False)
            self.decoder_dense_weight = nn.Parameter(torch.randn(3))

        def forward(self, x):
            return (self.decoder_dense(x) * self.decoder_dense_weight).sum()

    module = Clash()
    model = tidegraph.torch.capture(module, (torch.randn(2, 3),))
    names = [model.names["decoder_dense.weight"], model.names["decoder_dense_weight"]]
    assert len(set(names)) == 2
    assert [model.values[n].shape for n in names] == [(3, 3), (3,)]


def test_all_missing_calls_are_reported_at_once() -> None:
    class Odd(nn.Module):
        def forward(self, x):
            a = torch.special.i0(x)
            b = torch.special.zeta(x.abs() + 2, torch.full_like(x, 1.5))
            return (a + b).sum()

    with pytest.raises(TidegraphError) as caught:
        tidegraph.torch.capture(Odd(), (torch.randn(3),))
    assert "i0" in caught.value.message
    assert "zeta" in caught.value.message
    assert "test_pytorch.py" in caught.value.message


def test_decompose_tries_pytorchs_own_decompositions() -> None:
    class Rare(nn.Module):
        def forward(self, x):
            return torch.diff(x * x, prepend=x[:1]).sum()

    x = torch.randn(4)
    with pytest.raises(TidegraphError, match="diff"):
        tidegraph.torch.capture(Rare(), (x,))
    model = tidegraph.torch.capture(Rare(), (x,), decompose=True)
    values, _ = tidegraph.value_and_grad(model.graph)(model.values)
    assert abs(float(values[model.outputs[0]]) - Rare()(x).item()) < 1e-10


def test_notes_say_what_was_dropped() -> None:
    module, args, loss = lesson("resnet")
    assert any("running" in n for n in tidegraph.torch.capture(module, args, loss=loss).notes)
    assert tidegraph.torch.capture(module.eval(), args, loss=loss).notes == []


def test_what_is_computed_without_gradients_is_a_constant_to_them() -> None:
    class Distilled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.student = nn.Linear(3, 3)
            self.teacher = nn.Linear(3, 3)
            self.register_buffer("average", torch.zeros(3))

        def forward(self, x):
            with torch.no_grad():
                target = torch.tanh(self.teacher(x)) * self.student.weight.sum()
                self.average.mul_(0.9).add_(target.mean(0))
            return ((self.student(x) - target) ** 2).mean() + (self.student(x) * self.average).sum()

    torch.manual_seed(0)
    module = Distilled().double()
    x = torch.randn(4, 3).double()
    model = tidegraph.torch.capture(module, (x,))
    assert not module.average.any()
    assert any("buffers" in note for note in model.notes)
    loss = module(x)
    loss.backward()
    values, gradients = tidegraph.value_and_grad(model.graph, model.outputs[0])(model.values)
    np.testing.assert_allclose(values[model.outputs[0]], loss.item(), rtol=1e-12)
    np.testing.assert_allclose(gradients[model.names["student.weight"]], module.student.weight.grad, rtol=1e-10)
    assert model.names["teacher.weight"] not in gradients


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda x: x.masked_select(x > 0).sum(), r"masked_select .*torch\.where"),
        (lambda x: x[x > 0].sum(), r"index.Tensor .*torch\.where"),
        (lambda x: x.sum() * x[0].item(), "item .*keep it as a tensor"),
    ],
)
def test_calls_whose_result_depends_on_numbers_are_refused_with_a_form_that_works(function, reason) -> None:
    with pytest.raises(TidegraphError, match=reason) as caught:
        tidegraph.torch.capture(function, (torch.randn(3),))
    assert "1 call" in caught.value.message or "One call" in caught.value.message


def test_distributions_and_masks_need_no_checks_of_numbers() -> None:
    class Policy(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = nn.Transformer(4, 2, 1, 1, 8, dropout=0.0, batch_first=True)
            self.spread = nn.Parameter(torch.zeros(4))

        def forward(self, x):
            mask = nn.Transformer.generate_square_subsequent_mask(3)
            y = self.net(x, x, tgt_mask=mask)
            return -torch.distributions.Normal(y, self.spread.exp()).log_prob(x).mean()

    torch.manual_seed(0)
    module, x = Policy().double(), torch.randn(2, 3, 4).double()
    model = tidegraph.torch.capture(module, (x,))
    values, _ = tidegraph.value_and_grad(model.graph, model.outputs[0])(model.values)
    np.testing.assert_allclose(values[model.outputs[0]], module(x).item(), rtol=1e-10)
    with pytest.raises(ValueError, match="constraint"):
        torch.distributions.Normal(torch.zeros(2), -torch.ones(2))


def test_an_lstm_may_project_its_output() -> None:
    torch.manual_seed(0)
    module = nn.LSTM(3, 5, proj_size=2, batch_first=True, bidirectional=True).double()
    x = torch.randn(2, 3, 3).double()
    model = tidegraph.torch.capture(module, (x,), loss=lambda out: (out[0] ** 2).sum() + out[1][1].sum())
    y, (_, c) = module(x)
    loss = (y**2).sum() + c.sum()
    loss.backward()
    values, gradients = tidegraph.value_and_grad(model.graph, model.outputs[0])(model.values)
    np.testing.assert_allclose(values[model.outputs[0]], loss.item(), rtol=1e-10)
    np.testing.assert_allclose(gradients[model.names["weight_hr_l0"]], module.weight_hr_l0.grad, rtol=1e-8)


def test_what_depends_on_numbers_is_refused() -> None:
    class Branch(nn.Module):
        def forward(self, x):
            return x.sum() if x.sum() > 0 else -x.sum()

    with pytest.raises(TidegraphError, match="export"):
        tidegraph.torch.capture(Branch(), (torch.randn(3),))


def test_writes_into_views() -> None:
    class Writes(nn.Module):
        def forward(self, x):
            y = x.clone()
            y[:, 1] = 2 * x[:, 0]
            y[0] += 1
            return (y**2).sum()

    x = torch.randn(3, 4)
    model = tidegraph.torch.capture(Writes(), (x,))
    values, _ = tidegraph.value_and_grad(model.graph)(model.values)
    assert abs(float(values[model.outputs[0]]) - Writes()(x).item()) < 1e-10


@pytest.mark.parametrize("kinked", [F.relu6, F.hardtanh, F.hardswish, lambda x: x.clamp(0, 6), torch.relu, torch.abs])
def test_slopes_at_kinks_are_those_of_pytorch(kinked) -> None:
    class Kinked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(torch.tensor([-3.0, -1.0, 0.0, 1.0, 3.0, 6.0]))

        def forward(self):
            return kinked(self.w).sum()

    module = Kinked()
    module().backward()
    model = tidegraph.torch.capture(module, ())
    _, gradients = tidegraph.value_and_grad(model.graph, target=model.outputs[0])(model.values)
    np.testing.assert_allclose(gradients["w"], module.w.grad.numpy())


def test_float32_stays_float32() -> None:
    model = tidegraph.torch.capture(Block(8, 2, 4).float(), (torch.randn(1, 4, 8, dtype=torch.float32),))
    assert model.dtype == "float32"
    assert {v.dtype for v in model.values.values()} == {np.dtype(np.float32)}


def test_resnet18_is_a_short_program() -> None:
    model = tidegraph.torch.capture(
        ResNet().float(), (torch.randn(1, 3, 64, 64, dtype=torch.float32),), loss=lambda out: out.mean()
    )
    assert len(model.program.encode()) < 60_000
    assert sum(v.size for n, v in model.values.items() if n != "x") == sum(p.numel() for p in ResNet().parameters())
    assert model.graph.scopes[model.names["layer2.0.downsample"]].parent is model.graph.scopes["layer2.0"]


def test_gpt_takes_keyword_arguments() -> None:
    gpt = GPT()
    idx = torch.zeros(1, 3, dtype=torch.int64)
    model = tidegraph.torch.capture(gpt, (idx,), {"targets": idx})
    assert model.inputs == ["idx", "targets"]


@dataclass
class Answer:
    logits: object
    loss: object
    hidden: object = None


@pytest.mark.parametrize(
    ("answer", "outputs"),
    [
        (lambda logits, loss: (logits, loss), ["loss", "output"]),
        (lambda logits, loss: (loss, logits), ["loss", "output"]),
        (lambda logits, loss: [logits, None, loss], ["loss", "output"]),
        (lambda logits, loss: {"logits": logits, "loss": loss}, ["loss", "logits"]),
        (
            lambda logits, loss: {"average": logits.mean(), "logits": logits, "loss": loss},
            ["loss", "average", "logits"],
        ),
        (lambda logits, loss: Answer(logits, loss), ["loss", "logits"]),
        (lambda logits, loss: (logits, Answer(logits * 2, loss)), ["loss", "output", "logits"]),
    ],
)
def test_the_scalar_of_a_result_comes_first(answer, outputs) -> None:
    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.head = torch.nn.Linear(3, 4)

        def forward(self, x, y):
            logits = self.head(x)
            return answer(logits, torch.nn.functional.cross_entropy(logits, y))

    module = Model().double()
    x, y = torch.randn(5, 3, dtype=torch.float64), torch.tensor([0, 1, 2, 3, 0])
    model = tidegraph.torch.capture(module, (x, y))
    assert model.outputs == outputs
    assert not module._forward_hooks
    values, gradients = tidegraph.value_and_grad(model.graph, target=model.outputs[0])(model.values)
    loss = torch.nn.functional.cross_entropy(module.head(x), y)
    loss.backward()
    assert values["loss"] == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(gradients[model.names["head.weight"]], module.head.weight.grad, rtol=1e-8)
