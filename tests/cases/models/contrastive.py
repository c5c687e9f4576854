import torch
import torch.nn.functional as F
from torch import nn

temperature = 0.5
x1 = torch.randn(4, 5)
x2 = torch.randn(4, 5)
proj = nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 3))
z1, z2 = proj(x1), proj(x2)
z = F.normalize(torch.cat([z1, z2], dim=0), dim=1)
sim = z @ z.T / temperature
mask = torch.eye(8, dtype=torch.bool)
sim = sim.masked_fill(mask, -1e9)
n = 4
labels = torch.cat([torch.arange(n, 2 * n), torch.arange(n)])
loss = F.cross_entropy(sim, labels)
loss.backward()
