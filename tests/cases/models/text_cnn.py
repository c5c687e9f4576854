import torch
import torch.nn as nn
import torch.nn.functional as F


class TextCNN(nn.Module):
    def __init__(self, vocab, dim, kernel_sizes, channels, classes):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.convs = nn.ModuleList([nn.Conv1d(dim, channels, k) for k in kernel_sizes])
        self.fc = nn.Linear(len(kernel_sizes) * channels, classes)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        x = self.embed(x).permute(0, 2, 1)
        x = [F.relu(conv(x)) for conv in self.convs]
        x = [F.max_pool1d(i, i.size(2)).squeeze(2) for i in x]
        x = torch.cat(x, 1)
        return self.fc(self.dropout(x))


x = torch.randint(0, 12, (2, 6))
y = torch.tensor([1, 0])
net = TextCNN(12, 4, [2, 3], 3, 2)
net.eval()
loss = F.cross_entropy(net(x), y)
loss.backward()
