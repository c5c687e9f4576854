import torch
from torch import nn

seq = torch.randn(4, 2, 3)
cell = nn.GRUCell(3, 5)
h = torch.zeros(2, 5)
outs = []
for t in range(seq.size(0)):
    h = cell(seq[t], h)
    outs.append(h)
H = torch.stack(outs, dim=0)
loss = H.pow(2).sum() / H.numel()
loss.backward()
