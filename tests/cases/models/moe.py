import torch
import torch.nn as nn
import torch.nn.functional as F


class Expert(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, h), nn.GELU(), nn.Linear(h, d))

    def forward(self, x):
        return self.net(x)


class MoE(nn.Module):
    def __init__(self, d, h, num_experts, k=2):
        super().__init__()
        self.gate = nn.Linear(d, num_experts, bias=False)
        self.experts = nn.ModuleList(Expert(d, h) for _ in range(num_experts))
        self.k = k

    def forward(self, x):
        scores = self.gate(x)
        top, idx = torch.topk(scores, self.k, dim=-1)
        weights = F.softmax(top, dim=-1)
        y = torch.zeros_like(x)
        for e, expert in enumerate(self.experts):
            chosen = (idx == e).float()
            w = (weights * chosen).sum(dim=-1, keepdim=True)
            y = y + w * expert(x)
        return y, scores


x = torch.randn(6, 4)
moe = MoE(4, 5, 3)
y, scores = moe(x)
balance = F.softmax(scores, dim=-1).mean(0)
loss = y.pow(2).mean() + 3 * (balance * balance).sum()
loss.backward()
