import torch
import torch.nn as nn
import torch.nn.functional as F


class SkipGramNeg(nn.Module):
    def __init__(self, n_vocab, n_embed):
        super().__init__()
        self.in_embed = nn.Embedding(n_vocab, n_embed)
        self.out_embed = nn.Embedding(n_vocab, n_embed)
        self.in_embed.weight.data.uniform_(-1, 1)
        nn.init.uniform_(self.out_embed.weight, -1, 1)

    def forward(self, center, context, negatives):
        v = self.in_embed(center)
        u = self.out_embed(context)
        n = self.out_embed(negatives)
        pos = torch.sum(v * u, dim=1)
        neg = torch.bmm(n, v.unsqueeze(2)).squeeze(2)
        return -(F.logsigmoid(pos) + F.logsigmoid(-neg).sum(1)).mean()


center = torch.randint(0, 10, (4,))
context = torch.randint(0, 10, (4,))
negatives = torch.randint(0, 10, (4, 3))
model = SkipGramNeg(10, 5)
loss = model(center, context, negatives)
loss.backward()
