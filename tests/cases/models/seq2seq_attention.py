import torch
import torch.nn as nn
import torch.nn.functional as F


class Encoder(nn.Module):
    def __init__(self, vocab, emb, hid):
        super().__init__()
        self.embedding = nn.Embedding(vocab, emb)
        self.gru = nn.GRU(emb, hid)

    def forward(self, src):
        return self.gru(self.embedding(src))


class Attention(nn.Module):
    def __init__(self, hid):
        super().__init__()
        self.Wa = nn.Linear(hid, hid)
        self.Ua = nn.Linear(hid, hid)
        self.Va = nn.Linear(hid, 1)

    def forward(self, query, keys):
        scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys)))
        scores = scores.squeeze(2).unsqueeze(1)
        weights = F.softmax(scores, dim=-1)
        context = torch.bmm(weights, keys)
        return context, weights


class Decoder(nn.Module):
    def __init__(self, vocab, emb, hid):
        super().__init__()
        self.embedding = nn.Embedding(vocab, emb)
        self.attention = Attention(hid)
        self.gru = nn.GRU(emb + hid, hid, batch_first=True)
        self.out = nn.Linear(hid, vocab)

    def forward(self, tgt, enc, hidden):
        outputs = []
        for t in range(tgt.shape[1]):
            embedded = self.embedding(tgt[:, t : t + 1])
            query = hidden.permute(1, 0, 2)
            context, _ = self.attention(query, enc)
            o, hidden = self.gru(torch.cat((embedded, context), dim=2), hidden)
            outputs.append(self.out(o))
        return torch.cat(outputs, dim=1)


src = torch.randint(0, 7, (3, 2))
tgt = torch.randint(0, 6, (2, 3))
encoder = Encoder(7, 4, 5)
decoder = Decoder(6, 4, 5)
enc, hidden = encoder(src)
logits = decoder(tgt, enc.transpose(0, 1), hidden)
loss = F.cross_entropy(logits.reshape(-1, 6), tgt.reshape(-1))
loss.backward()
