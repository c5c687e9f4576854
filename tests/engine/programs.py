"""Programs that several tests read: the chapter's network, a loop over layers, everything else that can be said."""

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
