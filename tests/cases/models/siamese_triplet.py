import torch
from torch import nn

anchor = torch.randn(3, 4)
positive = torch.randn(3, 4)
negative = torch.randn(3, 4)
embed = nn.Sequential(nn.Linear(4, 6), nn.PReLU(), nn.Linear(6, 2))
a, p, n = embed(anchor), embed(positive), embed(negative)
triplet = nn.TripletMarginLoss(margin=1.0)
cosine = nn.CosineEmbeddingLoss()
loss = triplet(a, p, n) + cosine(a, p, torch.ones(3))
loss.backward()
