"""PyTorch modules to programs: `torch.export` records the calls, and each ATen call becomes an operator's.

Nothing is imported before a module is captured, and nothing of the module is changed. Submodules with submodules of
their own become scopes. Calls on tensors that are known are carried out at once; what only mentions sizes so vanishes.
"""

from __future__ import annotations

import inspect
import logging
import re
import sysconfig
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import fields, is_dataclass
from importlib import import_module
from io import StringIO
from pathlib import PurePath
from types import SimpleNamespace
from typing import Any

import numpy as np

from tidegraph.engine.graph import InputError, TidegraphError, Variable, leaf
from tidegraph.engine.models import aten_functions as aten_functions  # these enter their rules
from tidegraph.engine.models import aten_matrices as aten_matrices
from tidegraph.engine.models import aten_places as aten_places
from tidegraph.engine.models.aten import REDUCTIONS, RULES, Calls, NoRule, Rule
from tidegraph.engine.models.builder import Block, Builder
from tidegraph.engine.models.model import Model, plain_array

RANDOM = re.compile(r"^(rand|randn|randint|randperm|normal|bernoulli|multinomial|uniform|exponential)")

RECURRENT = frozenset({"lstm", "gru", "rnn_tanh", "rnn_relu"})

VIEWS = frozenset(
    {
        *("view", "reshape", "slice", "select", "transpose", "permute", "t", "unsqueeze", "squeeze", "expand"),
        *("detach", "chunk", "split", "split_with_sizes", "unbind", "diagonal", "flatten", "unflatten", "getitem"),
        *("view_as", "expand_as", "movedim", "swapaxes", "numpy_T", "contiguous", "to", "alias", "narrow"),
    }
)
"""Calls that may answer with a view: to write into one is to write into what it shows."""


class MissingRules(InputError):
    """Calls of a module that have no counterpart here; `calls` are their names with the line that each comes from."""

    def __init__(self, calls: Sequence[tuple[str, str, str]]) -> None:
        self.calls = list(calls)
        lines = [f"{name} ({where})" + (f": {why}" if why else "") for name, where, why in calls]
        super().__init__("torch-missing-rules", count=len(lines), calls="; ".join(lines))


def capture(
    module: Any,
    args: Any,
    kwargs: Mapping[str, Any] | None = None,
    loss: Callable[[Any], Any] | None = None,
    decompose: bool = False,
) -> Model:
    """A PyTorch module, called with `args` and `kwargs`, as a program with its values.

    `outputs` are in the order of the module's result, a tuple, a dict, a dataclass or nested ones, but for its
    scalar, which is `outputs[0]`: the one under the key `loss`, else the first. `(logits, loss)` has the loss first.
    `loss` maps the result to a scalar and is recorded with it; then that is `outputs[0]`. The module keeps its mode,
    buffers and gradients. `decompose` lets PyTorch rewrite what has no rule here. Raises MissingRules, which lists
    every call without one and the line of the module that makes it; InputError where PyTorch cannot export the module.
    Needs PyTorch 2.6 or newer in the caller's own environment.
    """
    try:
        torch: Any = import_module("torch")
    except ImportError:
        raise InputError("framework-missing", framework="PyTorch", package="torch") from None
    if not isinstance(module, torch.nn.Module):
        if not callable(module):
            raise InputError("capture-what", given=type(module).__name__)
        module = function_module(torch, module)
    if isinstance(args, list):
        args = tuple(args)
    if not isinstance(args, tuple):
        args = (args,)
    found = Capture(torch, module, args, dict(kwargs or {}), loss)
    return found.model(decompose)


def function_module(torch: Any, function: Callable[..., Any]) -> Any:
    """A function as a module without parameters."""

    class Called(torch.nn.Module):  # type: ignore[misc]
        def forward(self, *args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

    return Called()


def with_loss(torch: Any, module: Any, loss: Callable[[Any], Any]) -> Any:
    """A module that answers its loss and its result."""

    class Whole(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.module = module
            self.training = module.training

        def forward(self, *args: Any, **kwargs: Any) -> Any:
            result = self.module(*args, **kwargs)
            return loss(result), result

    return Whole()


@contextmanager
def traceable(torch: Any) -> Iterator[None]:
    """PyTorch without its own checks of numbers, which have no graph, and without its reports on the way.

    Distributions do not check their arguments; a transformer does not look whether its mask is the causal one; the
    CTC loss is one call that is not carried out.
    """
    functional, transformer = torch.nn.functional, torch.nn.modules.transformer
    checks, detect, ctc = torch.distributions.Distribution, "_detect_is_causal_mask", functional.ctc_loss
    before, level, found = checks._validate_args, logging.root.manager.disable, getattr(transformer, detect, None)
    checks.set_default_validate_args(False)
    setattr(transformer, detect, lambda mask, is_causal=None, size=None: bool(is_causal))
    functional.ctc_loss = ctc_call(torch)
    logging.disable(logging.CRITICAL)
    try:
        with redirect_stderr(StringIO()):
            yield
    finally:
        checks.set_default_validate_args(before)
        if found is None:
            delattr(transformer, detect)
        else:
            setattr(transformer, detect, found)
        functional.ctc_loss = ctc
        logging.disable(level)


def ctc_call(torch: Any) -> Callable[..., Any]:
    """The CTC loss as a call that `torch.export` records as it is."""
    if not hasattr(torch.ops.tidegraph, "ctc_loss"):
        schema = (
            "(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank, int reduction, "
            "bool zero_infinity) -> Tensor"
        )
        torch.library.define("tidegraph::ctc_loss", schema)

        def shape_of(log_probs: Any, targets: Any, *rest: Any) -> Any:
            batch = () if rest[3] or log_probs.ndim < 3 else (log_probs.shape[1],)
            return log_probs.new_empty(batch)

        torch.library.register_fake("tidegraph::ctc_loss", shape_of)

    def called(
        log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: int = 0, reduction: str = "mean",
        zero_infinity: bool = False,
    ) -> Any:  # fmt: skip
        lengths = [torch.as_tensor(n, dtype=torch.long) for n in (input_lengths, target_lengths)]
        return torch.ops.tidegraph.ctc_loss(
            log_probs, targets, *lengths, blank, REDUCTIONS.index(reduction), zero_infinity
        )

    return called


class Known:
    """A tensor whose numbers are known: a constant, or a buffer with its name."""

    def __init__(self, tensor: Any, source: str = "") -> None:
        self.tensor = tensor
        self.source = source
        self.variable: Variable | None = None


class Capture:
    """One module on its way to a program."""

    def __init__(
        self, torch: Any, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any], loss: Callable[[Any], Any] | None
    ) -> None:
        self.torch = torch
        self.module = module
        self.prefix = "module." if loss is not None else ""
        self.loss = loss
        self.args, self.kwargs = args, kwargs
        self.builder = Builder()
        self.calls = Calls(self.builder, self.variable)
        self.env: dict[Any, Any] = {}
        self.stack: list[tuple[str, Block]] = []
        self.missing: list[tuple[str, str, str]] = []
        self.inputs: list[Variable] = []
        self.shared: dict[int, Variable] = {}
        self.stopped = False
        """Whether the calls stand in `torch.no_grad()`."""

    def exported(self) -> Any:
        """What `torch.export` records, in training form: no decomposition, modules' calls as they are."""
        torch = self.torch
        whole = self.module if self.loss is None else with_loss(torch, self.module, self.loss)
        version = tuple(int(n) for n in re.findall(r"\d+", torch.__version__)[:2])
        if version < (2, 6):
            raise InputError("torch-too-old", version=str(torch.__version__))
        export = torch.export.export if version >= (2, 7) else torch.export.export_for_training
        grads = {id(p): p.grad for p in self.module.parameters()}
        flat = {id(m): dict(m.__dict__) for m in self.module.modules()}
        buffers = {name: b.detach().clone() for name, b in self.module.named_buffers()}
        hook = whole.register_forward_hook(lambda _, __, result: plain_result(result))
        try:
            with warnings.catch_warnings(), torch.random.fork_rng(devices=[]), traceable(torch):
                warnings.simplefilter("ignore")
                return export(whole, self.args, self.kwargs or None, strict=False)
        except TidegraphError:
            raise
        except Exception as error:
            text = str(error).strip().splitlines()
            first = next((line for line in text if line.strip()), type(error).__name__)
            line = line_of(error)
            reason = f"{line}: {first[:300]}" if line else first[:300]
            raise InputError("framework-cannot-trace", framework="PyTorch", reason=reason) from None
        finally:
            hook.remove()
            for m in self.module.modules():
                m.__dict__.clear()
                m.__dict__.update(flat[id(m)])
            for p in self.module.parameters():
                p.grad = grads[id(p)]
            for name, b in self.module.named_buffers():
                if b.shape == buffers[name].shape and not torch.equal(b, buffers[name]):
                    b.data.copy_(buffers[name])

    def model(self, decompose: bool) -> Model:
        program = self.exported()
        if any(self.writes_into_views(m.graph) for m in program.graph_module.modules() if hasattr(m, "graph")):
            program = self.rewritten(program, {})
        try:
            return self.read(program)
        except MissingRules:
            if not decompose:
                raise
        self.__init__(self.torch, self.module, self.args, self.kwargs, self.loss)  # type: ignore[misc]
        return self.read(self.rewritten(program, None))

    def rewritten(self, program: Any, table: Any) -> Any:
        """The program without writes into tensors; with no table, in PyTorch's core operators."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return program.run_decompositions(table) if table is not None else program.run_decompositions()
        except Exception as error:
            reason = str(error).splitlines()[0][:300]
            raise InputError("torch-cannot-decompose", reason=reason) from None

    def writes_into_views(self, graph: Any) -> bool:
        """Whether a call writes into a tensor that others show."""
        shown: dict[Any, set[Any]] = {}
        for node in graph.nodes:
            if node.op != "call_function":
                continue
            name = name_of(node)
            if name.split(".")[0] in VIEWS and node.args:
                group = shown.setdefault(node.args[0], {node.args[0]})
                group.add(node)
                shown[node] = group
            elif writes(node):
                target = node.args[0]
                if target.op != "placeholder" and len(shown.get(target, ())) > 1:
                    return True
        return False

    # Reading

    def read(self, program: Any) -> Model:
        self.placeholders(program)
        output = self.nodes(program.graph_module)
        if self.missing:
            raise MissingRules(self.missing)
        self.move_to([])
        return self.finished(program, output)

    def nodes(self, graph_module: Any) -> Any:
        """Read the calls of a graph; its output node."""
        output = None
        for node in graph_module.graph.nodes:
            if node.op == "call_function":
                self.node(node)
            elif node.op == "get_attr":
                found: Any = graph_module
                for part in str(node.target).split("."):
                    found = getattr(found, part)
                self.env[node] = Known(found) if isinstance(found, self.torch.Tensor) else found
            elif node.op == "output":
                output = node
        assert output is not None
        return output

    def without_gradients(self, node: Any) -> tuple[Any, ...]:
        """The results of a part of the module that stands in `torch.no_grad()` or `torch.enable_grad()`."""
        enabled, part, *operands = node.args
        if enabled and self.stopped:
            raise NoRule
        around, self.stopped = self.stopped, not enabled
        inside = self.env[part]
        places = [n for n in inside.graph.nodes if n.op == "placeholder"]
        given = [(n, o) for n, o in zip(places, operands, strict=True) if hasattr(o, "op")]
        self.env.update(zip(places, operands, strict=True))
        self.env.update({n: self.env[o] for n, o in given})
        results = [self.env[n] if hasattr(n, "op") else n for n in self.nodes(inside).args[0]]
        self.env.update({o: self.env[n] for n, o in given})  # what was written into
        self.stopped = around
        return tuple(
            self.calls.detach(v) if not enabled and isinstance(v, Variable) and v.kind == "float" else v
            for v in results
        )

    def placeholders(self, program: Any) -> None:
        signature = program.graph_signature
        specs = {spec.arg.name: spec for spec in signature.input_specs}
        self.names_of_parameters()
        given = self.flat((self.args, self.kwargs))
        position = 0
        labels = self.labels()
        for node in program.graph.nodes:
            if node.op != "placeholder":
                continue
            spec = specs[node.name]
            kind = spec.kind.name
            source = (spec.target or "").removeprefix(self.prefix)
            if kind == "PARAMETER":
                self.env[node] = self.parameter(source, self.module.get_parameter(source))
            elif kind == "BUFFER":
                self.env[node] = Known(self.module.get_buffer(source), source)
            elif kind == "CONSTANT_TENSOR":
                self.env[node] = Known(program.constants[spec.target])
            elif kind == "USER_INPUT":
                value = given[position] if position < len(given) else None
                label = labels[position] if position < len(labels) else node.name
                position += 1
                if isinstance(value, self.torch.Tensor):
                    array = self.array(value)
                    variable = self.builder.leaf(label, array.shape, "input", array)
                    self.inputs.append(variable)
                    self.env[node] = self.builder.truth(variable) if array.dtype == np.bool_ else variable
                else:
                    self.env[node] = value
            else:
                self.env[node] = None

    def labels(self) -> list[str]:
        """The names of the inputs: those of the parameters of `forward`."""
        parameters = list(inspect.signature(self.module.forward).parameters.values())
        names: list[str] = []
        for number, value in enumerate(self.args):
            p = parameters[min(number, len(parameters) - 1)] if parameters else None
            name = p.name if p is not None and p.kind is not p.VAR_POSITIONAL else f"x{number + 1}"
            inside = self.flat(value)
            names += [name] if len(inside) == 1 else [f"{name}_{n + 1}" for n in range(len(inside))]
        for name, value in self.kwargs.items():
            inside = self.flat(value)
            names += [name] if len(inside) == 1 else [f"{name}_{n + 1}" for n in range(len(inside))]
        return names

    def flat(self, value: Any) -> list[Any]:
        """The leaves of nested arguments or results."""
        flat: list[Any] = import_module("torch.utils._pytree").tree_flatten(value)[0]
        return flat

    def names_of_parameters(self) -> None:
        """Parameters that several modules share are one."""
        self.sources: dict[int, list[str]] = {}
        for name, p in self.module.named_parameters(remove_duplicate=False):
            self.sources.setdefault(id(p), []).append(name)

    def parameter(self, source: str, tensor: Any) -> Variable:
        if id(tensor) not in self.shared:
            array = self.array(tensor)
            variable = self.builder.leaf(source, array.shape, "parameter", array)
            self.builder.leaves[variable].sources[:] = self.sources.get(id(tensor), [source])
            self.shared[id(tensor)] = variable
        return self.shared[id(tensor)]

    def array(self, tensor: Any) -> np.ndarray:
        """A tensor's numbers: a copy, float16 and bfloat16 as float32."""
        torch = self.torch
        tensor = tensor.detach()
        if tensor.is_complex():
            raise InputError("torch-complex")
        if tensor.dtype in (torch.float16, torch.bfloat16):
            self.builder.note(f"{str(tensor.dtype).removeprefix('torch.')} is computed in float32")
            tensor = tensor.float()
        return plain_array(np.array(tensor.cpu().numpy(), copy=True))

    def variable(self, value: Any) -> Any:
        """A known tensor as a variable; anything else as it is."""
        if not isinstance(value, Known):
            return value
        if value.variable is None:
            array = self.array(value.tensor)
            stem = value.source
            if stem and array.ndim == 0:
                made: Variable = self.builder.leaf(stem, (), "constant", array)
                value.variable = self.builder.truth(made) if array.dtype == np.bool_ else made
            else:
                value.variable = self.builder.constant(array, stem)
        return value.variable

    # Calls

    def node(self, node: Any) -> None:
        name = name_of(node)
        if name == "getitem":
            base, key = self.env[node.args[0]], node.args[1]
            self.env[node] = base[key] if isinstance(base, (tuple, list)) else base
            return
        if name in ("_assert_tensor_metadata", "sym_size", "_assert_scalar"):
            self.env[node] = None
            return
        if name != "item" and is_number(self.torch, node.meta.get("val")):
            self.env[node] = None  # about a size that depends on numbers: the call that makes it is reported
            return
        if writes(node) and node.args[0].op == "placeholder" and not node.users and len(node.args[0].users) == 1:
            self.builder.note("updates of buffers (running averages, counters) are left out")
            return
        args = self.bound(node)
        if writes(node) and isinstance(held := self.env.get(node.args[0]), Known) and held.source:
            self.builder.note("updates of buffers (running averages, counters) are left out")
        if name != "wrap_with_set_grad_enabled":
            self.move_to(self.frames(node))
        known = list(tensors_in(args))
        result: Any
        rule = rule_of(name)
        try:
            if name == "wrap_with_set_grad_enabled":
                self.env[node] = self.without_gradients(node)
                return
            if (
                not known
                or all(isinstance(v, Known) and not v.source for v in known)
                or (rule is None and all(isinstance(v, Known) for v in known))
            ):
                self.env[node] = self.folded(node, args)
                return
            if name == "item":
                raise InputError("torch-number-read")
            if depends_on_numbers(self.torch, node.meta.get("val")):
                raise InputError("torch-size-depends")
            if rule is None:
                raise NoRule
            mapped = {key: mapped_value(value, self.variable) for key, value in args.items()}
            if name in RECURRENT:
                self.enter_layer(node)
            result = self.applied(rule, mapped, node.meta.get("val"))
            self.check(node, result)
        except Exception as error:  # a rule, or PyTorch itself, fails on arguments that it does not know
            why = getattr(error, "message", "") or ("" if isinstance(error, NoRule) else f"{error}".partition("\n")[0])
            if not any(depends_on_numbers(self.torch, n.meta.get("val")) for n in node.all_input_nodes):
                self.missing.append((str(node.target).replace(".default", ""), where(node), str(why)))
            result = stand_in(node.meta.get("val"))
        stem = self.stem_of(node)
        if stem and isinstance(result, Variable) and result in self.builder.made:
            line = self.builder.made[result]
            line.stem = line.stem or stem
        if name.startswith("batch_norm") and args.get("training"):
            self.builder.note("batch norm in training mode: updates of its running averages are left out")
        if name == "dropout" and args.get("train") and args.get("p"):
            self.builder.note("dropout in training mode draws its own mask, not PyTorch's")
        self.env[node] = result
        if writes(node):
            self.env[node.args[0]] = result

    def applied(self, rule: Rule, mapped: dict[str, Any], expected: Any) -> Any:
        """The result of a rule; PyTorch gives a scalar one axis, numbered 0 or -1, where a call names axes."""
        operand = next((v for v in mapped.values() if isinstance(v, Variable)), None)
        named = {key: v for key, v in mapped.items() if key in ("dim", "dims", "dim0", "dim1") and v not in (None, [])}
        if operand is None or operand.shape or not named or not first_axis(list(named.values())):
            return rule(self.calls, SimpleNamespace(**mapped), expected)
        wide = {
            key: self.calls.shaped(v, (1,)) if isinstance(v, Variable) and not v.shape else v
            for key, v in mapped.items()
        }
        result = rule(self.calls, SimpleNamespace(**wide), expected)
        several = isinstance(result, tuple)
        parts = zip(result, expected, strict=False) if several else ((result, expected),)
        made = tuple(self.calls.shaped(v, e.shape) if isinstance(v, Variable) else v for v, e in parts)
        return made if several else made[0]

    def check(self, node: Any, result: Any) -> None:
        """A result has the shape that PyTorch says it has."""
        expected = node.meta.get("val")
        pairs = zip(result, expected, strict=False) if isinstance(result, tuple) else ((result, expected),)
        for made, wanted in pairs:
            if isinstance(made, Variable) and hasattr(wanted, "shape") and made.shape != tuple(wanted.shape):
                raise InputError("torch-result-shape", shape=made.shape, wanted=tuple(wanted.shape))

    def bound(self, node: Any) -> dict[str, Any]:
        """The arguments of a call by name, with defaults, as far as they are known here."""
        schema = getattr(node.target, "_schema", None)

        def value_of(a: Any) -> Any:
            if hasattr(a, "op") and hasattr(a, "users"):
                return self.env[a]
            if isinstance(a, (list, tuple)):
                return [value_of(v) for v in a]
            return a

        if schema is None:
            return {str(n): value_of(a) for n, a in enumerate(node.args)}
        found = {}
        for number, argument in enumerate(schema.arguments):
            if number < len(node.args):
                value = node.args[number]
            elif argument.name in node.kwargs:
                value = node.kwargs[argument.name]
            else:
                value = argument.default_value if argument.has_default_value() else None
            found[argument.name] = value_of(value)
        return found

    def folded(self, node: Any, args: Mapping[str, Any]) -> Any:
        """The result of a call on known tensors, worked out by PyTorch."""
        torch = self.torch
        name = name_of(node)

        def plain(value: Any) -> Any:
            if isinstance(value, Known):
                return value.tensor.clone() if writes(node) else value.tensor
            return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value

        if RANDOM.match(name):
            self.builder.note(f"{name} is drawn once and is a constant of the program")
        schema = getattr(node.target, "_schema", None)
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            if schema is None:
                result = node.target(*[plain(v) for v in args.values()])
            else:
                inside = [a for a in schema.arguments if not a.kwarg_only]
                named = {a.name: plain(args[a.name]) for a in schema.arguments if a.kwarg_only}
                result = node.target(*[plain(args[a.name]) for a in inside], **named)
        wrapped = wrap(torch, result)
        if writes(node):
            self.env[node.args[0]] = wrapped
        return wrapped

    # Scopes

    def frames(self, node: Any) -> list[tuple[str, str]]:
        """The calls of submodules with submodules around a node: a key for each call, and the module's path."""
        found = []
        for key, (path, _) in (node.meta.get("nn_module_stack") or {}).items():
            source = (path if isinstance(path, str) else "").split("@")[0]
            source = source.removeprefix("L['self'].").removeprefix(self.prefix) if source != "module" else ""
            if self.prefix and source == self.prefix.rstrip("."):
                source = ""
            if source and self.has_children(source):
                found.append((key, source))
        return found

    def has_children(self, source: str) -> bool:
        try:
            return next(self.module.get_submodule(source).children(), None) is not None
        except AttributeError:
            return False

    def enter_layer(self, node: Any) -> None:
        """A recurrent layer is many steps, so it is a scope although it has no submodules."""
        stack = list((node.meta.get("nn_module_stack") or {}).items())
        key, (path, _) = stack[-1] if stack else ("", ("", ""))
        source = str(path).split("@")[0].removeprefix(self.prefix)
        around = self.stack[-1][1].source if self.stack else ""
        if source and source != around:
            self.open(key, source)

    def stem_of(self, node: Any) -> str:
        """The attribute under which a module without submodules is held where it is called."""
        stack = list((node.meta.get("nn_module_stack") or {}).values())
        if not stack:
            return ""
        source = str(stack[-1][0]).split("@")[0].removeprefix(self.prefix)
        around = self.stack[-1][1].source if self.stack else ""
        own = source.removeprefix(f"{around}.") if around else source
        if not source or source == around or self.has_children(source) or own.split(".")[-1].isdigit():
            return ""
        return re.sub(r"\W+", "_", own)

    def move_to(self, frames: list[tuple[str, str]]) -> None:
        """Close and open scopes until the current ones are `frames`."""
        same = 0
        while same < min(len(frames), len(self.stack)) and self.stack[same][0] == frames[same][0]:
            same += 1
        for _ in self.stack[same:]:
            self.builder.leave()
        del self.stack[same:]
        for key, source in frames[same:]:
            self.open(key, source)

    def open(self, key: str, source: str) -> None:
        """Open the scope of one call of a submodule; its name is the rest of its path."""
        around = self.stack[-1][1].source if self.stack else ""
        name = source.removeprefix(f"{around}.") if around else source
        self.stack.append((key, self.builder.enter(name, source)))

    # The end

    def keys_of(self, program: Any, count: int) -> list[str]:
        """The key in a dict or dataclass under which each of so many results stands; "" where there is none."""
        tree: Any = import_module("torch.utils._pytree")
        spec = program.call_spec.out_spec
        if spec is None or spec.num_leaves != count:
            return [""] * count
        paths = tree.tree_flatten_with_path(tree.tree_unflatten(list(range(count)), spec))[0]
        last = [str(getattr(path[-1], "key", getattr(path[-1], "name", ""))) if path else "" for path, _ in paths]
        return [key if key.isidentifier() and (key != "loss" or self.loss is None) else "" for key in last]

    def finished(self, program: Any, output: Any) -> Model:
        names = {spec.arg.name: spec.kind.name for spec in program.graph_signature.output_specs}
        specs = program.graph_signature.output_specs
        found: list[Any] = []
        for node, spec in zip(output.args[0], specs, strict=True):
            if spec.kind.name not in ("USER_OUTPUT", "LOSS_OUTPUT"):
                if names:
                    self.builder.note("updates of buffers (running averages, counters) are left out")
                continue
            value = self.env[node] if hasattr(node, "op") else node
            if value is None and hasattr(node, "op") and hasattr(node.meta.get("val"), "shape"):
                made_by = node.args[0] if name_of(node) == "getitem" else node
                self.missing.append((str(made_by.target).replace(".default", ""), where(node), ""))
            found.append(value)
        if self.missing:
            raise MissingRules(self.missing)
        keys = self.keys_of(program, len(found))
        stems = {self.variable(v): key for key, v in zip(keys, found, strict=True)}
        variables = [self.variable(v) for v in found if isinstance(self.variable(v), Variable)]
        if not variables:
            raise InputError("torch-no-tensor")
        scalars = [v for v in variables if not v.shape and v.kind == "float"]
        named = [v for v in scalars if self.loss is None and stems[v] == "loss"]
        scalar = next(iter(named or scalars), None)
        if scalar is None:
            self.builder.note("the module returns no scalar: pass loss=lambda out: ... to have gradients")
        else:
            variables.sort(key=lambda v: v is not scalar)
        labelled = []
        for variable in variables:
            stem = "loss" if variable is scalar else stems[variable] or "output"
            labelled.append((stem, variable))
        return self.builder.model(self.inputs, labelled, scalar)


def plain_result(result: Any) -> Any:
    """A module's result with dataclasses as dicts: `torch.export` knows no dataclass that is not registered with it."""
    if is_dataclass(result) and not isinstance(result, (type, Mapping)):
        return {f.name: plain_result(getattr(result, f.name)) for f in fields(result)}
    if type(result) in (tuple, list):
        return type(result)(plain_result(v) for v in result)
    if type(result) is dict:
        return {key: plain_result(v) for key, v in result.items()}
    return result


def name_of(node: Any) -> str:
    """The name of the called operator without name space and overload."""
    packet = getattr(node.target, "overloadpacket", None)
    if packet is not None:
        return str(packet.__name__)
    return str(getattr(node.target, "__name__", node.target))


def rule_of(name: str) -> Rule | None:
    """The rule of a call: calls that write into an operand, and those that copy a view, have the names with an end."""
    return RULES.get(name) or RULES.get(name.rstrip("_")) or RULES.get(name.removesuffix("_copy"))


def first_axis(value: Any) -> bool:
    """Whether axes are all 0 or -1."""
    return all(map(first_axis, value)) if isinstance(value, (list, tuple)) else value in (0, -1)


def is_number(torch: Any, value: Any) -> bool:
    """Whether a result is a size, or a condition on one, that PyTorch keeps as a symbol."""
    return isinstance(value, (torch.SymInt, torch.SymBool, torch.SymFloat))


def depends_on_numbers(torch: Any, value: Any) -> bool:
    """Whether a result has a size that only the numbers of an array decide."""
    if isinstance(value, (list, tuple)):
        return any(depends_on_numbers(torch, v) for v in value)
    return any(isinstance(n, torch.SymInt) for n in getattr(value, "shape", ()))


def line_of(error: BaseException) -> str:
    """The line outside PyTorch and Python's own library at which an error arises: its file and number."""
    own = (str(sysconfig.get_paths()["stdlib"]), __file__)
    found = ""
    for frame in traceback.extract_tb(error.__traceback__):
        library = frame.filename.startswith(own) and "site-packages" not in frame.filename
        if not library and not re.search(r"[/\\]torch[/\\]|^<string>|^<frozen", frame.filename):
            found = f"{PurePath(frame.filename).name}:{frame.lineno}"
    return found


def writes(node: Any) -> bool:
    """Whether a call writes into its first argument."""
    schema = getattr(node.target, "_schema", None)
    return bool(schema is not None and schema.is_mutable and node.args and hasattr(node.args[0], "op"))


def tensors_in(args: Mapping[str, Any]) -> Any:
    """The known and computed tensors among arguments."""
    stack = list(args.values())
    while stack:
        value = stack.pop()
        if isinstance(value, (list, tuple)):
            stack += value
        elif isinstance(value, (Known, Variable)):
            yield value


def mapped_value(value: Any, to: Callable[[Any], Any]) -> Any:
    """A value with what is inside lists mapped as well."""
    if isinstance(value, (list, tuple)):
        return [mapped_value(v, to) for v in value]
    return to(value)


def wrap(torch: Any, result: Any) -> Any:
    """Results of PyTorch: tensors are known, lists are tuples."""
    if isinstance(result, torch.Tensor):
        return Known(result)
    if isinstance(result, (tuple, list)):
        return tuple(wrap(torch, r) for r in result)
    return result


def stand_in(meta: Any) -> Any:
    """Something of the right shape, so that all that is missing is found at once."""
    if isinstance(meta, (tuple, list)):
        return tuple(stand_in(m) for m in meta)
    if hasattr(meta, "node"):
        return leaf((), "constant")
    return leaf(tuple(meta.shape), "constant") if hasattr(meta, "shape") else None


def where(node: Any) -> str:
    """The line of the module that makes a call: file, line and text of the innermost frame outside PyTorch."""
    lines = (node.meta.get("stack_trace") or "").strip().splitlines()
    found = ""
    for number, line in enumerate(lines):
        match = re.match(r'\s*File "(.*)", line (\d+), in', line)
        if match and not re.search(r"[/\\]torch[/\\]", match[1]) and match[1] != __file__:
            text = lines[number + 1].strip() if number + 1 < len(lines) and "File" not in lines[number + 1] else ""
            file = re.split(r"[/\\]", match[1])[-1]
            found = f"{file}:{match[2]}" + (f": {text[:80]}" if text else "")
    return found or "in the module"
