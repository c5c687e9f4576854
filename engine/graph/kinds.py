"""The small named kinds that a declaration's optional fields are made of: traits, lowerings, layers.

A declaration says what is true of its operator; the packages above decide what to do with it, and none of them tests
for an operator by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto


class Trait(Enum):
    """A fact about an operator that other packages use."""

    __hash__ = object.__hash__  # quicker than by name, and asked for every operator of a graph

    COMMUTATIVE = auto()
    """The operands may be exchanged."""
    PRODUCT = auto()
    """An elementwise product of two arrays."""
    SCALES = auto()
    """Elementwise and proportional to its first operand."""
    SQUARE = auto()
    """The elementwise square of its first operand (of a power: where the exponent is the number 2)."""
    MATRIX_PRODUCT = auto()
    """The matrix product: it can be divided over devices, and BLAS computes it."""
    TRANSPOSE = auto()
    """A view with the axes in another order."""
    PART = auto()
    """A part of its input, taken by an index."""
    REPEATED = auto()
    """A view that repeats elements of its input, so that nobody can write to it."""
    SAME = auto()
    """A view of its whole input, unchanged."""
    ANY_ORDER = auto()
    """A reduction that reads columns as fast as rows."""
    DROPOUT = auto()
    """Sets random elements to zero."""
    ACTIVATION = auto()
    """An activation of a hidden layer that can replace every other activation."""
    SIGMOID = auto()
    """Maps logits to probabilities, element by element."""
    SOFTMAX = auto()
    """Maps logits to probabilities that sum to 1."""
    LOGARITHM = auto()
    """The logarithm of its input, or of the probabilities that it makes of its input."""
    COMPARES_VALUES = auto()
    """A loss, or a part of one, that compares a prediction with the target itself."""
    COMPARES_LOGITS = auto()
    """A loss that compares logits with the target."""


class Condition(Enum):
    """When a line of code may stand for an operator."""

    __hash__ = object.__hash__

    SCALARS = auto()
    """All operands and the output are float64 scalars: Python computes them in a tenth of NumPy's time."""
    NONZERO_DIVISOR = auto()
    """The second operand is a number other than 0: Python's floats refuse any other division."""
    SQUARE = auto()
    """A float to the power 2."""
    SQUARE_ROOT = auto()
    """A float to the power 0.5."""
    RECIPROCAL = auto()
    """A float to the power -1."""
    BLAS = auto()
    """Vectors and matrices of floats: BLAS computes the product by itself."""
    COLUMN_MAJOR = auto()
    """The output is column-major: the transposed product is written."""
    SCALAR_OUTPUT = auto()
    """The output is a float64 scalar."""
    MASK = auto()
    """A small product of floats and truth values: two steps are faster than NumPy's way of mixing types."""
    REVERSED_AXES = auto()
    """All axes in reverse order."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of code for an operator where all conditions hold.

    `text` has `{0}`, `{1}` and `{out}` in the places of operands and output. With `number` it is an expression whose
    value is a Python float, with `view` an expression whose value is a view; `inplace` as in a declaration.
    """

    text: str
    when: tuple[Condition, ...] = ()
    number: bool = False
    inplace: bool = False
    view: bool = False


class Fusion(Enum):
    """A way to compute an operator together with its operands."""

    INNER_PRODUCT = auto()
    """The sum of a product of two arrays is their inner product."""
    REDUCTION = auto()
    """One call of NumPy's own reduction."""


Lowering = Line | Fusion


@dataclass(frozen=True, slots=True)
class Layer:
    """A product with a parameter that edits of a program can add a bias to, or repeat.

    `biases` maps the names of weights to those of their biases. `outputs` is the axis of a weight that counts outputs.
    `again` is the same layer in text, with as many outputs as inputs, `{operand}` and `{weight}` in their places.
    With `window` a weight has further axes, which stay as they are.
    """

    biases: Mapping[str, str] = field(default_factory=dict)
    outputs: int = 0
    again: str = ""
    window: bool = False


class Way(Enum):
    """What an operator does to a gradient on the way back to an input. The text is the message `way-VALUE`."""

    SAME = "same"
    NEGATED = "turned"
    TIMES_OTHER = "times"
    OVER_OTHER = "divided"
    QUOTIENT = "quotient"
    TWICE = "double"
    TIMES_SIGN = "sign"
    TIMES_RESULT = "result"
    INVERSE = "inverse"
    ROOT = "root"
    WHERE_POSITIVE = "positive"
    LOGISTIC = "logistic"
    TANGENT = "tangent"
    SOFTMAX = "softmax"
    LOG_SOFTMAX = "log-softmax"
    SOFTMAX_WEIGHTS = "weights"
    TRANSPOSED = "transposed"
    OUTER = "outer"
    SPREAD = "spread"
    SHARED = "shared"
    SUMMED = "repeats"
    EXCHANGED = "exchanged"
    RESHAPED = "shaped"
    PLACED = "placed"
    TAKEN = "taken"
    CUT = "cut"
    SELECTED = "selected"
    CHOSEN = "chosen"
    TIE = "tie"
    REVERSED = "reversed"
    OTHERS = "others"
    TRIANGLE = "triangle"
    SAME_MASK = "mask"
    UNMASKED = "unmasked"
    FINITE = "finite"
    WINDOWS_ADDED = "folded"
    WINDOWS_TAKEN = "unfolded"
    WINDOWS_SHARED = "pooled"
    WINDOWS_AVERAGED = "averaged"
    CONVOLVED = "convolved"
    CORRELATED = "correlated"
    RESAMPLED = "resampled"
    RESAMPLED_BACK = "sources"
    DIRECTION = "direction"
    COFACTORS = "cofactors"
    INVERSE_TRANSPOSED = "inverse-transposed"
    BETWEEN_INVERSES = "inverses"
    SOLVED = "solved"
    SOLVED_OUTER = "solved-outer"
    RECURRENCE = "recurrence"
    DERIVATIVE = "derivative"
    ADJOINT = "adjoint"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Factor:
    """A gradient is multiplied by a formula: `{own}` is the input, `{other}` the other one, `{result}` the output."""

    formula: str
