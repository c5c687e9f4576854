import torch
from torch import nn

X = torch.randn(6, 1, 4, 4)
y = torch.randint(0, 5, (6,))
net = nn.Sequential(nn.Flatten(), nn.Linear(16, 5))
loss = nn.CrossEntropyLoss()(net(X), y)
loss.backward()
