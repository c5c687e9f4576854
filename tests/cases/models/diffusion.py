import math

import torch
import torch.nn as nn
import torch.nn.functional as F

T = 10
betas = torch.linspace(1e-4, 0.02, T)
alphas = 1.0 - betas
alphas_cumprod = torch.cumprod(alphas, dim=0)
x0 = torch.randn(3, 4)
noise = torch.randn(3, 4)
t = torch.tensor([1, 5, 8])


class TimeEmbedding(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, time):
        half_dim = self.dim // 2
        embeddings = math.log(10000) / (half_dim - 1)
        embeddings = torch.exp(torch.arange(half_dim) * -embeddings)
        embeddings = time[:, None] * embeddings[None, :]
        return torch.cat((embeddings.sin(), embeddings.cos()), dim=-1)


class Denoiser(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.time = nn.Sequential(TimeEmbedding(4), nn.Linear(4, d), nn.SiLU())
        self.net = nn.Sequential(nn.Linear(d, 8), nn.SiLU(), nn.Linear(8, d))

    def forward(self, x, t):
        return self.net(x + self.time(t))


model = Denoiser(4)
a = alphas_cumprod[t].reshape(-1, 1)
xt = a.sqrt() * x0 + (1 - a).sqrt() * noise
loss = F.huber_loss(model(xt, t.float()), noise)
loss.backward()
