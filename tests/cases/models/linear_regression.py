import torch
import torch.nn as nn

X = torch.randn(8, 3)
y = torch.randn(8, 1)
model = nn.Linear(3, 1)
criterion = nn.MSELoss()
loss = criterion(model(X), y) + 0.01 * (model.weight**2).sum()
loss.backward()
