import torch
from torch import nn


class PatchEmbedding(nn.Module):
    def __init__(self, img_size=8, patch_size=4, num_hiddens=6):
        super().__init__()
        self.num_patches = (img_size // patch_size) ** 2
        self.conv = (
            nn.LazyConv2d(num_hiddens, kernel_size=patch_size, stride=patch_size)
            if False
            else nn.Conv2d(1, num_hiddens, kernel_size=patch_size, stride=patch_size)
        )

    def forward(self, X):
        return self.conv(X).flatten(2).transpose(1, 2)


class ViTMLP(nn.Module):
    def __init__(self, mlp_num_hiddens, mlp_num_outputs, dropout=0.5):
        super().__init__()
        self.dense1 = nn.Linear(6, mlp_num_hiddens)
        self.gelu = nn.GELU()
        self.dropout1 = nn.Dropout(dropout)
        self.dense2 = nn.Linear(mlp_num_hiddens, mlp_num_outputs)
        self.dropout2 = nn.Dropout(dropout)

    def forward(self, x):
        return self.dropout2(self.dense2(self.dropout1(self.gelu(self.dense1(x)))))


class ViTBlock(nn.Module):
    def __init__(self, num_hiddens, norm_shape, mlp_num_hiddens, num_heads, dropout):
        super().__init__()
        self.ln1 = nn.LayerNorm(norm_shape)
        self.attention = nn.MultiheadAttention(num_hiddens, num_heads, dropout, batch_first=True)
        self.ln2 = nn.LayerNorm(norm_shape)
        self.mlp = ViTMLP(mlp_num_hiddens, num_hiddens, dropout)

    def forward(self, X):
        Z = self.ln1(X)
        X = X + self.attention(Z, Z, Z, need_weights=False)[0]
        return X + self.mlp(self.ln2(X))


class ViT(nn.Module):
    def __init__(self, num_hiddens=6, num_blks=2, num_classes=3):
        super().__init__()
        self.patch_embedding = PatchEmbedding(8, 4, num_hiddens)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, num_hiddens))
        num_steps = self.patch_embedding.num_patches + 1
        self.pos_embedding = nn.Parameter(torch.randn(1, num_steps, num_hiddens))
        self.dropout = nn.Dropout(0.1)
        self.blks = nn.Sequential()
        for i in range(num_blks):
            self.blks.add_module(f"{i}", ViTBlock(num_hiddens, num_hiddens, 8, 2, 0.1))
        self.head = nn.Sequential(nn.LayerNorm(num_hiddens), nn.Linear(num_hiddens, num_classes))

    def forward(self, X):
        X = self.patch_embedding(X)
        X = torch.cat((self.cls_token.expand(X.shape[0], -1, -1), X), 1)
        X = self.dropout(X + self.pos_embedding)
        for blk in self.blks:
            X = blk(X)
        return self.head(X[:, 0])


X = torch.randn(2, 1, 8, 8)
y = torch.tensor([0, 2])
net = ViT()
net.eval()
loss = nn.functional.cross_entropy(net(X), y, label_smoothing=0.1)
loss.backward()
