import torch

x = torch.linspace(-1, 1, 20)
a = torch.tensor(0.3, requires_grad=True)
b = torch.tensor(-0.2, requires_grad=True)
c = torch.tensor(0.1, requires_grad=True)
d = torch.tensor(0.5, requires_grad=True)
y = torch.sin(x * 3.0)
y_pred = a + b * x + c * x**2 + d * x**3
loss = (y_pred - y).pow(2).sum()
print(99, loss.item())
loss.backward()
