"""Optimisers against torch.optim, schedules against torch's, clipping against its definition."""

import numpy as np
import pytest

from tidegraph import InputError, optim

torch = pytest.importorskip("torch")

START = {"W": np.array([[0.5, -1.25], [2.0, 0.1], [-0.3, 0.0]]), "b": np.array([0.2, -0.7, 1.5])}

TORCH = {
    "sgd": lambda p, o: torch.optim.SGD(p, lr=o.learning_rate, weight_decay=o.weight_decay),
    "momentum": lambda p, o: torch.optim.SGD(p, lr=o.learning_rate, weight_decay=o.weight_decay, momentum=o.momentum),
    "nesterov": lambda p, o: torch.optim.SGD(
        p, lr=o.learning_rate, weight_decay=o.weight_decay, momentum=o.momentum, nesterov=True
    ),
    "adagrad": lambda p, o: torch.optim.Adagrad(p, lr=o.learning_rate, weight_decay=o.weight_decay, eps=o.epsilon),
    "rmsprop": lambda p, o: torch.optim.RMSprop(
        p, lr=o.learning_rate, weight_decay=o.weight_decay, alpha=o.decay, eps=o.epsilon
    ),
    "adam": lambda p, o: torch.optim.Adam(
        p, lr=o.learning_rate, weight_decay=o.weight_decay, betas=(o.beta1, o.beta2), eps=o.epsilon
    ),
    "adamw": lambda p, o: torch.optim.AdamW(
        p, lr=o.learning_rate, weight_decay=o.weight_decay, betas=(o.beta1, o.beta2), eps=o.epsilon
    ),
}


def slopes(parameters):
    """Gradients of sum(W^4) / 4 + sum(cos b)."""
    return {"W": parameters["W"] ** 3, "b": -np.sin(parameters["b"])}


@pytest.mark.parametrize("settings", [{}, {"learning_rate": 0.05, "weight_decay": 0.1}], ids=["defaults", "decayed"])
@pytest.mark.parametrize("name", optim.RULES)
def test_ten_steps_equal_torch(name, settings):
    rule = optim.optimizer(name, **settings)
    tensors = {n: torch.tensor(v, requires_grad=True) for n, v in START.items()}
    oracle = TORCH[name](list(tensors.values()), rule)
    parameters, state = START, rule.start(START)
    for _ in range(10):
        parameters, state = rule.update(parameters, slopes(parameters), state)
        for n, slope in slopes({n: t.detach().numpy() for n, t in tensors.items()}).items():
            tensors[n].grad = torch.tensor(slope)
        oracle.step()
    assert state.step == 10
    for n, tensor in tensors.items():
        np.testing.assert_allclose(parameters[n], tensor.detach().numpy(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", optim.RULES)
def test_an_update_changes_nothing_it_is_given_and_keeps_the_type(name):
    rule = optim.optimizer(name, weight_decay=0.1)
    parameters = {n: v.astype(np.float32) for n, v in START.items()}
    before = {n: v.copy() for n, v in parameters.items()}
    state = rule.start(parameters)
    updated, after = rule.update(parameters, slopes(parameters), state)
    assert all(np.array_equal(parameters[n], before[n]) for n in parameters)
    assert state.step == 0
    assert all(not a.any() for m in state.moments.values() for a in m.values())
    assert all(v.dtype == np.float32 and v.shape == parameters[n].shape for n, v in updated.items())
    assert set(after.moments) == set(rule.moments)


@pytest.mark.parametrize(
    ("schedule", "oracle"),
    [
        (optim.Constant(), lambda o: torch.optim.lr_scheduler.ConstantLR(o, factor=1.0)),
        (optim.StepDecay(every=3, decay=0.5), lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.5)),
        (optim.Exponential(decay=0.9), lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9)),
        (optim.Cosine(steps=12, floor=0.25), lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 12, 0.25)),
        (
            optim.Warmup(steps=4, then=optim.Exponential(decay=0.5)),
            lambda o: torch.optim.lr_scheduler.LambdaLR(o, lambda t: (t + 1) / 4 if t < 4 else 0.5 ** (t - 4)),
        ),
    ],
    ids=lambda s: getattr(s, "name", ""),
)
def test_schedules_equal_torch(schedule, oracle):
    holder = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    other = oracle(holder)
    for step in range(12):
        assert schedule.factor(step) == pytest.approx(other.get_last_lr()[0], abs=1e-12)
        holder.step()
        other.step()


def test_a_schedule_sets_the_rate_of_an_update():
    rule = optim.SGD(learning_rate=0.1)
    once, _ = rule.update(START, slopes(START), rule.start(START), rate=0.1 * optim.Exponential(decay=0.5).factor(1))
    np.testing.assert_allclose(once["W"], START["W"] - 0.05 * START["W"] ** 3)


def test_clipping_by_norm_is_torch_and_leaves_small_gradients_alone():
    gradients = slopes(START)
    tensors = [torch.zeros(v.shape, dtype=torch.float64, requires_grad=True) for v in gradients.values()]
    for tensor, gradient in zip(tensors, gradients.values(), strict=True):
        tensor.grad = torch.tensor(gradient)
    torch.nn.utils.clip_grad_norm_(tensors, 0.5)
    clipped = optim.clip_by_norm(gradients, 0.5)
    for tensor, gradient in zip(tensors, clipped.values(), strict=True):
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-5)
    assert sum(n * n for n in optim.norms(clipped).values()) == pytest.approx(0.25)
    same = optim.clip_by_norm(gradients, 1e9)
    assert all(np.array_equal(same[n], gradients[n]) for n in gradients)


def test_clipping_by_value():
    clipped = optim.clip_by_value(slopes(START), 0.5)
    assert max(np.abs(v).max() for v in clipped.values()) == 0.5
    assert clipped["b"][0] == pytest.approx(-np.sin(0.2))


def test_equations_name_the_parameter_the_gradient_and_the_weight_decay():
    (line,) = optim.SGD().equations(r"\mathbf{W}", r"\frac{\partial J}{\partial \mathbf{W}}")
    assert line == r"\mathbf{W} \leftarrow \mathbf{W} - \eta \, \frac{\partial J}{\partial \mathbf{W}}"
    first, second = optim.SGD(weight_decay=0.1).equations(r"\mathbf{W}", "G")
    assert first == r"\mathbf{g}_t = G + \lambda \, \mathbf{W}"
    assert r"\eta \, \mathbf{g}_t" in second
    assert optim.AdamW().equations()[0] == r"\boldsymbol{\theta} \leftarrow (1 - \eta \lambda) \, \boldsymbol{\theta}"
    for rule in optim.RULES.values():
        for line in rule(weight_decay=0.1).equations():
            assert line.count("{") == line.count("}")


def test_wrong_settings_are_named():
    with pytest.raises(InputError, match="no optimiser 'adm'") as error:
        optim.optimizer("adm")
    assert error.value.hint == "did you mean adam?"
    with pytest.raises(InputError, match="sgd has no setting 'momentum'"):
        optim.optimizer("sgd", momentum=0.9)
    with pytest.raises(InputError, match="weight_decay of sgd is a number of at least 0"):
        optim.optimizer("sgd", weight_decay=-1)
    assert optim.optimizer("sgd", learning_rate=-1).learning_rate == -1
    with pytest.raises(InputError, match="beta1 of adam is less than 1"):
        optim.optimizer("adam", beta1=1.0)
    with pytest.raises(InputError, match="no schedule 'cosin'"):
        optim.schedule("cosin")
