import torch
import torch.nn.functional as F
from torch import nn

A = torch.tensor([[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]])
X = torch.randn(4, 3)
y = torch.tensor([0, 1, 0, 1])


class GCNLayer(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, out_features) * 0.1)
        self.bias = nn.Parameter(torch.zeros(out_features))

    def forward(self, A_hat, X):
        return A_hat @ X @ self.weight + self.bias


class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([GCNLayer(3, 5), GCNLayer(5, 2)])

    def forward(self, A, X):
        A_tilde = A + torch.eye(A.shape[0])
        d = A_tilde.sum(1).pow(-0.5)
        A_hat = d[:, None] * A_tilde * d[None, :]
        for i, layer in enumerate(self.layers):
            X = layer(A_hat, X)
            if i < len(self.layers) - 1:
                X = F.relu(X)
        return F.log_softmax(X, dim=1)


model = GCN()
loss = F.nll_loss(model(A, X), y)
loss.backward()
