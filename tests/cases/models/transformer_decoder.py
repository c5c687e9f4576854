import torch
from torch import nn

memory = torch.randn(2, 5, 6)
tgt = torch.randn(2, 3, 6)
layer = nn.TransformerDecoderLayer(
    d_model=6, nhead=3, dim_feedforward=10, dropout=0.0, batch_first=True, norm_first=True, activation="gelu"
)
decoder = nn.TransformerDecoder(layer, num_layers=2)
mask = torch.triu(torch.ones(3, 3), diagonal=1).bool()
out = decoder(tgt, memory, tgt_mask=mask)
loss = out.square().mean()
loss.backward()
