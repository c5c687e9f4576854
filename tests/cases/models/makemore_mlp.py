import torch
import torch.nn.functional as F

g = torch.Generator().manual_seed(2147483647)
Xb = torch.randint(0, 27, (5, 3))
Yb = torch.randint(0, 27, (5,))
C = torch.randn((27, 2), requires_grad=True)
W1 = torch.randn((6, 10), requires_grad=True)
b1 = torch.randn(10, requires_grad=True)
W2 = torch.randn((10, 27), requires_grad=True)
b2 = torch.randn(27, requires_grad=True)
emb = C[Xb]
h = torch.tanh(emb.view(-1, 6) @ W1 + b1)
logits = h @ W2 + b2
loss = F.cross_entropy(logits, Yb)
for p in [C, W1, b1, W2, b2]:
    p.requires_grad_()
loss.backward()
