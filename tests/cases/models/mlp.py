import torch
from torch import nn
from torch.nn import functional as F


class MLP(nn.Module):
    def __init__(self, num_inputs, num_hiddens, num_outputs):
        super().__init__()
        self.hidden = nn.Linear(num_inputs, num_hiddens)
        self.out = nn.Linear(num_hiddens, num_outputs)

    def forward(self, X):
        return self.out(F.relu(self.hidden(X)))


X = torch.rand(4, 6)
y = torch.tensor([0, 2, 1, 2])
net = MLP(6, 8, 3)
loss = F.cross_entropy(net(X), y)
loss.backward()
