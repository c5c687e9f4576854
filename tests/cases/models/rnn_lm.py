import torch
from torch import nn
from torch.nn import functional as F


class RNNLM(nn.Module):
    def __init__(self, vocab, hidden):
        super().__init__()
        self.rnn = nn.RNN(vocab, hidden)
        self.linear = nn.Linear(hidden, vocab)
        self.vocab = vocab

    def forward(self, X, state):
        X = F.one_hot(X.T.long(), self.vocab).float()
        Y, state = self.rnn(X, state)
        output = self.linear(Y.reshape((-1, Y.shape[-1])))
        return output, state


X = torch.randint(0, 6, (2, 4))
Y = torch.randint(0, 6, (2, 4))
net = RNNLM(6, 5)
output, state = net(X, torch.zeros(1, 2, 5))
loss = F.cross_entropy(output, Y.T.reshape(-1))
loss.backward()
