"""Programs that several tests read: the chapter's network, a loop over layers, everything else that can be said."""

from __future__ import annotations

from typing import Any

import numpy as np

import tidegraph

CHAPTER = """
# one hidden layer with weight decay
x:  input[4]
y:  target[3]
W1: parameter[5, 4]
W2: parameter[3, 5]
lam = 0.1

def l2(W1, W2, lam):
    return lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))

z = W1 @ x
h = relu(z)
o = W2 @ h
L = squared_error(o, y)     # half the sum of squares: (o - y)**2 / 2
s = l2(W1, W2, lam)
J = L + s
"""

LOOP = """
n, d = 3, 4
x: input[d]
W: parameter[n, d, d] = normal(0, 0.5)
h = x
for i in range(n):
    a = W[i] @ h
    h = tanh(a) + h
J = mean(h[1:] ** 2) - h[0]
"""

VALUES = """
A = [[1, 2], [3, 4]]
b: parameter[2] = uniform(-1, 1)
c: parameter = 2.5
d: input[2] = [1, -1]

def affine(A, x, b, scale=2.0):
    y = A @ x
    return scale * y + b, sum(y)

u, total = affine(A, d, b, scale=c)
v = where(u > 0, u, 0)
"""

NETWORK = """
x:  input[{d}, {n}]
y:  target[{q}, {n}]
W1: parameter[{h}, {d}]
W2: parameter[{q}, {h}]
lam = 0.1

def l2(W1, W2, lam):
    return lam / 2 * (sum(W1 ** 2) + sum(W2 ** 2))

z = W1 @ x
h = {phi}(z)
o = W2 @ h
L = {loss}(o, y)
s = l2(W1, W2, lam)
J = L + s
"""

CLASSIFIER = """
n, h = 10, 6
X: input[n, 2]
y: target[n, 2]
W1: parameter[2, h]
b1: parameter[h] = zeros()
W2: parameter[h, 2]
H = tanh(X @ W1 + b1)
O = H @ W2
J = cross_entropy(O, y)
"""

REGRESSION = """
x: input[4]
y: target[3]
W1: parameter[5, 4]
W2: parameter[3, 5]
h = tanh(W1 @ x)
o = W2 @ h
L = squared_error(o, y)
J = L + 0.05 * (sum(W1 ** 2) + sum(W2 ** 2))
"""

DEEP = """
x: input[{n}, {d}]
for i in range(6):
    a = sigmoid(x) * x
    x = exp(a / 9) - x.T.T
    u = reshape(x, (-1,))[::2]
J = mean(x ** 2) + sum(u) / 7
"""

VIEWS = """
x: input[3, 4]
t = x.T
u = t[1:, 0]
v = reshape(t, (12,))
w = reshape(x, (12,))
b = broadcast_to(x[0], (5, 4))
same = x
J = sum(t) + sum(u * 2) + sum(v) + sum(w) + sum(b) + sum(same)
"""


def network(
    d: int = 4, h: int = 5, q: int = 3, n: int = 2, phi: str = "relu", loss: str = "squared_error"
) -> tidegraph.Graph:
    return tidegraph.parse(NETWORK.format(d=d, h=h, q=q, n=n, phi=phi, loss=loss))


def draw(graph: tidegraph.Graph, seed: int = 0, dtype: Any = float) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    return {
        n: random.normal(size=v.shape).astype(dtype) for n, v in graph.leaves("input", "target", "parameter").items()
    }
