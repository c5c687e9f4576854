import torch
import torch.nn as nn
from torch.nn import functional as F

vocab_size = 7
B, T = 2, 4
idx = torch.randint(vocab_size, (B, T))
targets = torch.randint(vocab_size, (B, T))


class BigramLanguageModel(nn.Module):
    def __init__(self, vocab_size):
        super().__init__()
        self.token_embedding_table = nn.Embedding(vocab_size, vocab_size)

    def forward(self, idx, targets=None):
        logits = self.token_embedding_table(idx)
        if targets is None:
            loss = None
        else:
            B, T, C = logits.shape
            logits = logits.view(B * T, C)
            targets = targets.view(B * T)
            loss = F.cross_entropy(logits, targets)
        return logits, loss


m = BigramLanguageModel(vocab_size)
logits, loss = m(idx, targets)
loss.backward()
