import torch
import torch.nn as nn


class LSTMClassifier(nn.Module):
    def __init__(self, vocab, embed, hidden, classes):
        super().__init__()
        self.embedding = nn.Embedding(vocab, embed)
        self.lstm = nn.LSTM(embed, hidden, num_layers=2, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(2 * hidden, classes)

    def forward(self, x):
        emb = self.embedding(x)
        out, (h, c) = self.lstm(emb)
        hidden = torch.cat((h[-2], h[-1]), dim=1)
        return self.fc(hidden) + out.mean()


x = torch.randint(0, 9, (3, 4))
y = torch.tensor([1.0, 0.0, 1.0])
model = LSTMClassifier(9, 4, 3, 1)
loss = nn.BCEWithLogitsLoss()(model(x).squeeze(1), y)
loss.backward()
