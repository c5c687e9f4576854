"""Training: its determinism, changes while it runs, validation, divergence, cost."""

import numpy as np
import pytest

from tests.engine.programs import CLASSIFIER
from tidegraph import InputError, data, initial_values, optim, parse, value_and_grad
from tidegraph.engine.training.loop import RunState, Settings, Training, update_steps

MOONS = data.generate("moons", 100, seed=1)


def losses(training, steps):
    return [report.loss for report in training.run(steps)]


def test_the_next_forward_pass_reads_what_the_update_wrote():
    graph = parse("x: input[2]\ny: target\nw: parameter[2] = [1, 1]\nJ = squared_error(w @ x, y)")
    table = data.Dataset(np.array([[1.0, 2.0]]), np.array([[1.0]]))
    training = Training(graph, table, optim.SGD(learning_rate=0.1))
    assert training.step().loss == 2.0
    np.testing.assert_allclose(training.state.parameters["w"], [0.8, 0.6])
    assert training.step().loss == pytest.approx(0.5)


def test_it_learns_and_measures_accuracy_on_examples_it_never_saw():
    train, held = data.split(data.generate("moons", 300), 0.3)
    training = Training(
        parse(CLASSIFIER), train, optim.Adam(learning_rate=0.05), settings=Settings(validate_every=100), validation=held
    )
    reports = list(training.run(401))
    validated = [r for r in reports if r.validation_loss is not None]
    assert [r.step for r in validated] == [0, 100, 200, 300, 400]
    assert validated[-1].validation_loss < 0.3 * validated[0].validation_loss
    assert validated[-1].validation_metrics["accuracy"] > 0.9
    assert reports[-1].epoch == 400 // 21
    predicted = training.predict(held.inputs).argmax(axis=1)
    assert (predicted == held.targets).mean() == pytest.approx(training.validate()[1]["accuracy"])


def test_the_same_request_gives_the_same_bytes():
    first, second = (Training(parse(CLASSIFIER), MOONS, optim.RMSProp(), settings=Settings(seed=7)) for _ in range(2))
    assert losses(first, 30) == losses(second, 30)
    other = Training(parse(CLASSIFIER), MOONS, optim.RMSProp(), settings=Settings(seed=8))
    assert losses(other, 3) != losses(first, 3)


@pytest.mark.parametrize("rule", [rule() for rule in optim.RULES.values()], ids=list(optim.RULES))
def test_a_run_goes_on_from_its_state_as_if_it_had_not_stopped(rule):
    whole = Training(parse(CLASSIFIER), MOONS, rule, optim.Cosine(steps=20))
    expected = losses(whole, 20)
    start = Training(parse(CLASSIFIER), MOONS, rule, optim.Cosine(steps=20))
    assert losses(start, 7) == expected[:7]
    parameters = {n: p.tolist() for n, p in start.state.parameters.items()}
    moments = {m: {n: a.tolist() for n, a in of.items()} for m, of in start.state.optimizer.moments.items()}
    travelled = RunState(start.state.step, parameters, optim.State(start.state.optimizer.step, moments))
    rest = Training(parse(CLASSIFIER), MOONS, rule, optim.Cosine(steps=20), state=travelled)
    assert losses(rest, 13) == expected[7:]


def test_rate_and_optimiser_can_be_changed_while_it_runs():
    training = Training(parse(CLASSIFIER), MOONS, optim.SGD(learning_rate=0.1))
    training.step()
    before = training.state.parameters
    training.rule = optim.SGD(learning_rate=0.0)
    assert training.step().rate == 0
    assert all(np.array_equal(before[n], p) for n, p in training.state.parameters.items())
    training.rule = optim.Adam(learning_rate=0.1)
    training.step()
    assert training.state.optimizer.step == 1
    training.rule = optim.Adam(learning_rate=0.2)
    training.step()
    assert training.state.optimizer.step == 2


def test_examples_as_rows_columns_or_one_by_one_give_the_same_training():
    rows = "n = 5\nX: input[n, 2]\ny: target[n, 1]\nW: parameter[2, 1] = [[0.5], [-1]]\nJ = sum((X @ W - y) ** 2) / n"
    columns = "n = 5\nX: input[2, n]\ny: target[1, n]\nW: parameter[1, 2] = [[0.5, -1]]\nJ = sum((W @ X - y) ** 2) / n"
    single = "x: input[2]\ny: target\nW: parameter[2] = [0.5, -1]\nJ = (W @ x - y) ** 2"
    table = data.generate("linear", 20)
    rule = optim.SGD(learning_rate=0.05)
    runs = [Training(parse(program), table, rule, settings=Settings(5)) for program in (rows, columns, single)]
    results = [losses(training, 12) for training in runs]
    np.testing.assert_allclose(results[0], results[1])
    np.testing.assert_allclose(results[0], results[2])
    np.testing.assert_allclose(*[t.state.parameters["W"].ravel() for t in runs[1:]])
    assert "rmse" in runs[0].step().metrics


def test_gradients_are_clipped_before_the_update():
    free = Training(parse(CLASSIFIER), MOONS, optim.SGD(learning_rate=1.0))
    bound = Training(parse(CLASSIFIER), MOONS, optim.SGD(learning_rate=1.0), settings=Settings(clip_norm=1e-3))
    free.step()
    report = bound.step()
    moved = optim.norms({n: bound.first[n] - p for n, p in bound.state.parameters.items()})
    assert sum(n * n for n in moved.values()) ** 0.5 == pytest.approx(1e-3)
    assert sum(n * n for n in report.gradient_norms.values()) ** 0.5 > 1e-2


def test_snapshots_hold_parameters_and_gradients_of_their_step():
    training = Training(parse(CLASSIFIER), MOONS, optim.SGD(learning_rate=0.1), settings=Settings(snapshot_every=2))
    first, second, third = training.run(3)
    assert second.parameters is None
    assert set(first.gradients) == set(first.parameters) == {"W1", "b1", "W2"}
    assert np.array_equal(first.parameters["W1"], training.first["W1"])
    assert not np.array_equal(third.parameters["W1"], training.first["W1"])


@pytest.mark.parametrize(
    ("program", "rate", "phase", "operator", "variable", "words"),
    [
        ("z = log(a - 5)\nJ = sum(z) + sum(W)", 0.1, "forward", "log:z", "z", "z, computed by log at line 5"),
        ("z = sqrt(a * 0)\nJ = sum(z)", 0.1, "backward", "sqrt:z", "multiply", "flowing back through sqrt at line 5"),
        ("J = sum(1e10 * W) + sum(a)", 1e300, "update", None, "W", "the last update made W overflow"),
    ],
)
def test_divergence_names_where_it_arose(program, rate, phase, operator, variable, words):
    head = "X: input[4, 2]\ny: target[4]\nW: parameter[2] = [0.5, -0.5]\na = X @ W\n"
    graph = parse(head + program)
    training = Training(graph, MOONS, optim.SGD(learning_rate=rate), batch={"X": 0, "y": 0})
    reports = list(training.run(20))
    found = reports[-1].divergence
    assert len(reports) < 20
    assert (found.phase, found.operator, found.variable) == (phase, operator, variable)
    assert words in found.text
    assert training.state.step == reports[-1].step


def test_cost_is_known_beforehand_from_the_plan():
    train, held = data.split(MOONS, 0.25)
    training = Training(parse(CLASSIFIER), train, optim.SGD(), settings=Settings(validate_every=5), validation=held)
    cost = training.cost(20)
    elements = 2 * 6 + 6 + 6 * 2
    assert cost.update_flops == 2 * elements
    assert cost.forward_flops + cost.backward_flops == training.plan.flops
    assert cost.validation_flops == 3 * cost.forward_flops
    assert (
        cost.total_flops
        == 20 * (cost.forward_flops + cost.backward_flops + cost.update_flops) + 4 * cost.validation_flops
    )
    assert training.state.step == 0


def test_the_update_is_shown_with_its_equation_and_does_not_move_the_run():
    graph = parse("x: input[2]\ny: target\nw: parameter[2] = [1, 1]\nJ = squared_error(w @ x, y)")
    table = data.Dataset(np.array([[1.0, 2.0]]), np.array([[1.0]]))
    training = Training(graph, table, optim.SGD(learning_rate=0.1))
    (step,) = update_steps(training)
    assert step.symbolic == (r"\mathbf{w} \leftarrow \mathbf{w} - \eta \, \frac{\partial J}{\partial \mathbf{w}}",)
    assert step.numeric == (
        r"\begin{bmatrix} 1 \\ 1 \end{bmatrix} - 0.1 \cdot \begin{bmatrix} 2 \\ 4 \end{bmatrix}"
        r" = \begin{bmatrix} 0.8 \\ 0.6 \end{bmatrix}"
    )
    assert training.state.step == 0
    training.step()
    assert np.array_equal(training.state.parameters["w"], step.after)


def test_values_of_a_step_are_what_its_loss_comes_from():
    training = Training(parse(CLASSIFIER), MOONS)
    training.step()
    values, _ = value_and_grad(training.graph)(training.values())
    assert float(values["J"]) == training.step().loss


def test_float32_and_values_of_the_callers_own():
    start = {n: v + 1 for n, v in initial_values(parse(CLASSIFIER)).items() if n == "W1"}
    training = Training(parse(CLASSIFIER), MOONS, settings=Settings(dtype="float32"), values=start)
    training.step()
    assert training.state.parameters["W1"].dtype == np.float32
    assert np.array_equal(training.first["W1"], start["W1"].astype(np.float32))


def test_what_cannot_be_trained_says_why():
    with pytest.raises(InputError, match="J depends on no parameter"):
        Training(parse("x: input[2]\ny: target\nJ = sum(x) + y"), MOONS)
    with pytest.raises(InputError, match="a minibatch of 500 cannot be drawn from 100 examples"):
        Training(parse(CLASSIFIER), MOONS, settings=Settings(batch_size=500))
    with pytest.raises(InputError, match="cannot be drawn from 100 examples; 20 more are kept for validation"):
        Training(parse(CLASSIFIER), MOONS, settings=Settings(batch_size=110), validation=MOONS.rows(slice(20)))
    with pytest.raises(InputError, match="the state has no parameter W1"):
        Training(parse(CLASSIFIER), MOONS, state=RunState(1, {}, optim.SGD().start({})))
    state = Training(parse(CLASSIFIER), MOONS, optim.Momentum()).state
    del state.optimizer.moments["velocity"]["b1"]
    with pytest.raises(InputError, match="the state has no velocity of b1"):
        Training(parse(CLASSIFIER), MOONS, optim.Momentum(), state=state)
