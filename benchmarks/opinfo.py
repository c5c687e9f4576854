"""How many of PyTorch's operators a program understands: its own operator samples, written in its own spelling.

PyTorch tests its operators with samples of arguments (`torch.testing._internal`). Each becomes a program of one line,
`y = torch.std(p0, dim=0)`; values and gradients are compared with those that PyTorch computes. An operator *agrees* if
a sample of it is understood and all that are understood have PyTorch's numbers, is *wrong* if one has others, is
*refused* if no sample is understood, and *unknown* if there is no operator of its name.

    python -m benchmarks.opinfo              counts
    python -m benchmarks.opinfo std pad      every sample of some operators, with what became of it
"""

from __future__ import annotations

import math
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

SAMPLES = 12
"""Samples an operator: most have fewer, some have hundreds that differ in sizes only."""

LARGEST = 4096
"""Elements of the largest array of a sample that is tried."""

RELATIVE = 1e-6
"""How close numbers are: PyTorch's own series of special functions are good to no more."""

RANDOM = {
    "bernoulli", "multinomial", "normal", "randn_like", "rand_like", "nn.functional.dropout", "nn.functional.dropout2d",
    "nn.functional.dropout3d", "nn.functional.alpha_dropout", "nn.functional.feature_alpha_dropout",
    "nn.functional.rrelu", "nn.functional.fractional_max_pool2d", "nn.functional.fractional_max_pool3d",
}  # fmt: skip
"""Operators that draw numbers of their own, in which two libraries cannot agree."""

OUTSIDE = (
    "_", "jiterator", "torch.ops", "sparse", "special.chebyshev", "special.hermite", "special.laguerre",
    "special.legendre", "special.shifted", "signal", "to_sparse", "cauchy", "exponential", "geometric", "log_normal",
    "uniform", "empty", "new_", "resize", "bfloat16", "half", "chalf", "cfloat", "cdouble", "complex", "hash_tensor",
    "randint", "randn", "rand_like", "alias_copy", "as_strided", "unsafe", "fft.i", "fft.h",
)  # fmt: skip
"""Beginnings of names that are no functions of arrays of real numbers: storage, types, random draws, internals."""

AMBIGUOUS = {
    "svd", "linalg.svd", "linalg.eigh", "linalg.eigvalsh", "linalg.eig", "svd_lowrank", "pca_lowrank", "linalg.pinv",
    "cholesky", "linalg.cholesky",
}  # fmt: skip
"""Operators whose vectors have a sign of their own in every library, or whose samples are made symmetric first."""

LAMBDAS = {"where": (1, 0, 2), "nn.functional.embedding": (1, 0), "nn.functional.embedding_bag": (1, 0)}
"""Operators whose samples come in an order of their own, with the places of their arguments in a call."""


class Sample(NamedTuple):
    """One program with the values of its variables, and PyTorch's results and gradients."""

    program: str
    values: dict[str, np.ndarray]
    results: list[np.ndarray]
    gradients: dict[str, np.ndarray]


class NotWritten(Exception):
    """A sample that cannot be written down: another type of number, another device, a function."""


class Writer:
    """Arguments as program text; arrays become declared variables."""

    def __init__(self) -> None:
        self.tensors: dict[str, Any] = {}

    def write(self, value: Any) -> str:
        import torch

        if isinstance(value, torch.Tensor):
            if value.is_complex() or value.is_sparse or value.numel() > LARGEST:
                raise NotWritten
            name = f"p{len(self.tensors)}"
            self.tensors[name] = value
            return f"({name} > 0)" if value.dtype == torch.bool else name
        if isinstance(value, bool) or value is None or isinstance(value, (int, str)):
            return repr(value)
        if isinstance(value, float):
            if math.isnan(value):
                raise NotWritten
            return repr(value) if math.isfinite(value) else "inf" if value > 0 else "-inf"
        if isinstance(value, (tuple, list, torch.Size)):
            inside = ", ".join(map(self.write, value))
            if isinstance(value, list):
                return f"[{inside}]"
            return f"({inside},)" if len(value) == 1 else f"({inside})"
        if isinstance(value, slice):
            return ":".join("" if v is None else str(v) for v in (value.start, value.stop, value.step))
        raise NotWritten

    def declarations(self) -> str:
        """A line a variable: what has a gradient is a parameter, the rest are inputs."""
        lines = []
        for name, value in self.tensors.items():
            role = "parameter" if value.requires_grad else "input"
            sizes = f"[{', '.join(map(str, value.shape))}]" if value.ndim else ""
            lines.append(f"{name}: {role}{sizes}\n")
        return "".join(lines)


def spelled(name: str) -> str:
    """How a program calls an operator."""
    import torch

    for prefix, short in (("nn.functional.", "F."), ("linalg.", "torch.linalg."), ("fft.", "torch.fft.")):
        if name.startswith(prefix):
            return short + name.removeprefix(prefix)
    if name.startswith(("special.", "masked.")):
        return f"torch.{name}"
    return f"torch.{name}" if hasattr(torch, name) else f".{name}"


def call(name: str, sample: Any, writer: Writer) -> str:
    """The call of one sample."""
    import torch

    first = writer.write(sample.input)
    if name in ("T", "H", "mT", "mH"):
        return f"{first}.{name}"
    if name == "__getitem__":
        key = sample.args[0]
        inside = ", ".join(map(writer.write, key)) if isinstance(key, (tuple, list)) else writer.write(key)
        return f"{first}[{inside}]"
    arguments = [writer.write(v) for v in sample.args]
    if name in LAMBDAS:
        first, *arguments = ([first, *arguments][n] for n in LAMBDAS[name])
    for key, value in sample.kwargs.items():
        if key == "dropout_p" and value:
            raise NotWritten
        if key == "dtype" and value in (torch.float64, None):
            continue
        arguments.append(f"{key}={writer.write(value)}")
    function = spelled(name)
    if function.startswith("."):
        return f"{first}{function}({', '.join(arguments)})"
    return f"{function}({', '.join([first, *arguments])})"


def samples(op: Any) -> Iterator[Sample]:
    """The samples of an operator that can be written down."""
    import torch

    for sample in islice(op.sample_inputs("cpu", torch.float64, requires_grad=op.supports_autograd), 4 * SAMPLES):
        writer = Writer()
        try:
            text = call(op.name, sample, writer)
            if sample.kwargs.get("dtype") not in (None, torch.float64):
                continue
            found = op(sample.input, *sample.args, **sample.kwargs)
        except (NotWritten, RuntimeError, TypeError, ValueError, NotImplementedError):
            continue
        outputs = [v for v in (found if isinstance(found, (tuple, list)) else (found,)) if isinstance(v, torch.Tensor)]
        if not outputs or any(v.is_complex() or v.is_sparse or v.numel() > LARGEST for v in outputs):
            continue
        program = writer.declarations()
        several = isinstance(found, (tuple, list))
        names = [f"y{n}" for n in range(len(outputs))]
        program += f"{', '.join(names)}{',' if several and len(names) == 1 else ''} = {text}\n"
        weights = {}
        terms = []
        total: Any = 0.0
        for name, value in zip(names, outputs, strict=True):
            if value.requires_grad and value.numel():
                weight = torch.linspace(0.5, 1.5, value.numel(), dtype=torch.float64).reshape(value.shape)
                weights[f"w{name}"] = weight.numpy()
                sizes = f"[{', '.join(map(str, value.shape))}]" if value.ndim else ""
                program += f"w{name}: input{sizes}\n"
                terms.append(f"sum(w{name} * {name})" if value.ndim else f"w{name} * {name}")
                total = total + (value * weight).sum()
        gradients: dict[str, np.ndarray] = {}
        if terms:
            program += f"J = {' + '.join(terms)}\n"
            wanted = {n: v for n, v in writer.tensors.items() if v.requires_grad}
            try:
                slopes = torch.autograd.grad(total, list(wanted.values()), allow_unused=True)
            except RuntimeError:
                continue
            gradients = {n: g.detach().numpy(force=True) for n, g in zip(wanted, slopes, strict=True) if g is not None}
        values = {n: v.detach().numpy().astype(float) for n, v in writer.tensors.items()} | weights
        yield Sample(program, values, [v.detach().numpy(force=True) for v in outputs], gradients)


def outcome(sample: Sample) -> str:
    """`agrees`, `unknown: ...`, `refused: ...` or `wrong: ...` for one sample."""
    import tidegraph

    try:
        graph = tidegraph.parse(sample.program)
        names = [f"y{n}" for n in range(len(sample.results))]
        if sample.gradients:
            values, gradients = tidegraph.value_and_grad(graph, "J", wrt=list(sample.gradients))(sample.values)
        else:
            (values,), gradients = tidegraph.function(graph, names)(sample.values), {}
    except tidegraph.TidegraphError as error:
        unknown = "is not an operator" in str(error)
        return f"{'unknown' if unknown else 'refused'}: {error}"
    for name, wanted in [*zip(names, sample.results, strict=True), *sample.gradients.items()]:
        found = np.asarray(values[name] if name in names else gradients[name])
        if found.shape != wanted.shape:
            return f"wrong: {name} has shape {list(found.shape)} instead of {list(wanted.shape)}"
        scale = max(1.0, float(np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0))) if wanted.size else 1.0
        if not np.allclose(found, wanted, rtol=RELATIVE, atol=RELATIVE * scale, equal_nan=True):
            return f"wrong: {name} is {found.reshape(-1)[:4]} instead of {wanted.reshape(-1)[:4]}"
    return "agrees"


def operators() -> dict[str, list[Any]]:
    """PyTorch's operators on arrays of real numbers, by name, with their variants."""
    import torch
    from torch.testing._internal.common_methods_invocations import op_db

    found: dict[str, list[Any]] = {}
    for op in op_db:
        if (
            op.supports_dtype(torch.float64, "cpu")
            and not op.name.startswith(OUTSIDE)
            and op.name not in RANDOM | AMBIGUOUS
        ):
            found.setdefault(op.name, []).append(op)
    return found


def measure(names: list[str] | None = None, most: int = SAMPLES) -> dict[str, list[tuple[str, str]]]:
    """For every operator the line and the outcome of each of its samples, at most so many."""
    import torch

    found = {}
    for name, variants in operators().items():
        if names and name.rpartition(".")[2] not in names and name not in names:
            continue
        rows = []
        torch.manual_seed(0)
        for op in variants:
            for sample in islice(samples(op), most):
                line = sample.program[sample.program.index("y0") :].partition("\n")[0]
                rows.append((line, outcome(sample)))
        if rows:
            found[name] = rows
    return found


def verdict(rows: list[tuple[str, str]]) -> str:
    """What is said of an operator, from the outcomes of its samples."""
    kinds = Counter(outcome.partition(":")[0] for _, outcome in rows)
    for kind in ("wrong", "agrees", "refused", "unknown"):
        if kinds[kind]:
            return kind
    return "unknown"


def main(names: list[str]) -> None:
    """Print the counts, or the samples of some operators."""
    warnings.filterwarnings("ignore")
    np.seterr(all="ignore")
    found = measure(names)
    if names:
        for name, rows in found.items():
            print(name, verdict(rows))
            for line, told in rows:
                print("   ", line, "->", told)
        return
    verdicts = {name: verdict(rows) for name, rows in found.items()}
    for kind in ("wrong", "unknown", "refused"):
        print(f"{kind}:", " ".join(n for n, v in verdicts.items() if v == kind))
    partly = {
        n: f"{sum(t == 'agrees' for _, t in rows)}/{len(rows)}"
        for n, rows in found.items()
        if verdicts[n] == "agrees" and any(t != "agrees" for _, t in rows)
    }
    print("agree in part:", " ".join(f"{n} {share}" for n, share in partly.items()))
    counts = Counter(verdicts.values())
    whole = counts["agrees"] - len(partly)
    print(f"{len(verdicts)} operators: {counts['agrees']} agree ({whole} in every sample), {counts['wrong']} wrong, "
          f"{counts['refused']} refused, {counts['unknown']} unknown")  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
