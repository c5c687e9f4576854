import torch
import torch.nn as nn

z = torch.randn(3, 4)
real = torch.randn(3, 6)
G = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.LeakyReLU(0.2, inplace=True), nn.Linear(8, 6), nn.Tanh())
D = nn.Sequential(nn.Linear(6, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1), nn.Sigmoid())
adversarial_loss = torch.nn.BCELoss()
valid = torch.ones(3, 1)
fake = torch.zeros(3, 1)
gen = G(z)
loss = (adversarial_loss(D(real), valid) + adversarial_loss(D(gen.detach()), fake)) / 2 + adversarial_loss(
    D(gen), valid
)
loss.backward()
