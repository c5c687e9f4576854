import torch
from torch import nn

X = torch.randn(2, 1, 12, 12)
y = torch.tensor([1, 3])
net = nn.Sequential(
    nn.Conv2d(1, 3, kernel_size=5, padding=2),
    nn.Sigmoid(),
    nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Conv2d(3, 4, kernel_size=3),
    nn.Sigmoid(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(16, 8),
    nn.ReLU(),
    nn.Linear(8, 5),
)
loss = nn.functional.cross_entropy(net(X), y)
loss.backward()
