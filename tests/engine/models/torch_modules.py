"""Modules as authors of courses write them: what each is called with, and its loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

torch = pytest.importorskip("torch")
nn = torch.nn
F = nn.functional


class Lesson(NamedTuple):
    """A module, its arguments, and its loss where the module does not answer one itself."""

    module: Any
    args: tuple[Any, ...]
    loss: Callable[[Any], Any] | None = None


class MLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(6, 8)
        self.fc2 = nn.Linear(8, 3)

    def forward(self, x, y):
        logits = self.fc2(torch.relu(self.fc1(x)))
        decay = sum((p**2).sum() for p in self.parameters())
        return F.cross_entropy(logits, y) + 0.01 * decay


class LeNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2),
            nn.Sigmoid(),
            nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5),
            nn.Sigmoid(),
            nn.AvgPool2d(2),
        )
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(16 * 5 * 5, 20), nn.Sigmoid(), nn.Linear(20, 10))

    def forward(self, x):
        return self.classifier(self.features(x))


class BasicBlock(nn.Module):
    def __init__(self, inside: int, outside: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outside)
        self.conv2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outside)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or inside != outside:
            self.downsample = nn.Sequential(nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside))

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += identity
        return self.relu(out)


class ResNet(nn.Module):
    def __init__(self, blocks: tuple[int, ...] = (2, 2, 2, 2), width: int = 64, classes: int = 1000) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inside = width
        for number, count in enumerate(blocks):
            outside = width * 2**number
            layers = [BasicBlock(inside, outside, 1 if number == 0 else 2)]
            layers += [BasicBlock(outside, outside) for _ in range(count - 1)]
            setattr(self, f"layer{number + 1}", nn.Sequential(*layers))
            inside = outside
        self.stages = len(blocks)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(inside, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for number in range(self.stages):
            x = getattr(self, f"layer{number + 1}")(x)
        return self.fc(torch.flatten(self.avgpool(x), 1))


class Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(12, 5)
        self.lstm = nn.LSTM(5, 4, num_layers=2, bidirectional=True, batch_first=True)
        self.head = nn.Linear(8, 3)

    def forward(self, words):
        out, _ = self.lstm(self.embedding(words))
        return self.head(out)


class Seq2Seq(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(9, 4)
        self.encoder = nn.GRU(4, 6)
        self.decoder = nn.GRUCell(4, 6)
        self.attention = nn.Linear(12, 1)
        self.out = nn.Linear(12, 9)

    def forward(self, source, target):
        states, last = self.encoder(self.embedding(source))
        h = last[0]
        loss = 0.0
        for t in range(target.shape[0] - 1):
            h = self.decoder(self.embedding(target[t]), h)
            pairs = torch.cat([states, h.expand_as(states)], dim=-1)
            weights = torch.softmax(self.attention(torch.tanh(pairs)), dim=0)
            context = (weights * states).sum(0)
            loss = loss + F.cross_entropy(self.out(torch.cat([context, h], -1)), target[t + 1])
        return loss / (target.shape[0] - 1)


class CausalSelfAttention(nn.Module):
    def __init__(self, width: int, heads: int, length: int) -> None:
        super().__init__()
        self.c_attn = nn.Linear(width, 3 * width)
        self.c_proj = nn.Linear(width, width)
        self.heads = heads
        self.register_buffer("bias", torch.tril(torch.ones(length, length)).view(1, 1, length, length))

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(C, dim=2)
        q, k, v = (t.view(B, T, self.heads, C // self.heads).transpose(1, 2) for t in (q, k, v))
        att = (q @ k.transpose(-2, -1)) * (1.0 / (k.size(-1) ** 0.5))
        att = att.masked_fill(self.bias[:, :, :T, :T] == 0, float("-inf"))
        y = F.softmax(att, dim=-1) @ v
        return self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C))


class Block(nn.Module):
    def __init__(self, width: int, heads: int, length: int) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = CausalSelfAttention(width, heads, length)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(width, 4 * width), "c_proj": nn.Linear(4 * width, width)})
        self.gelu = nn.GELU(approximate="tanh")

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp["c_proj"](self.gelu(self.mlp["c_fc"](self.ln_2(x))))


class GPT(nn.Module):
    def __init__(self, vocabulary: int = 11, width: int = 8, heads: int = 2, length: int = 6, depth: int = 2) -> None:
        super().__init__()
        self.wte = nn.Embedding(vocabulary, width)
        self.wpe = nn.Embedding(length, width)
        self.h = nn.ModuleList([Block(width, heads, length) for _ in range(depth)])
        self.ln_f = nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, vocabulary, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, idx, targets):
        pos = torch.arange(idx.shape[1], device=idx.device)
        x = self.wte(idx) + self.wpe(pos)
        for block in self.h:
            x = block(x)
        logits = self.lm_head(self.ln_f(x))
        return F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1))


class ViT(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.patch = nn.Conv2d(3, 8, 4, stride=4)
        self.cls = nn.Parameter(torch.randn(1, 1, 8))
        self.pos = nn.Parameter(torch.randn(1, 5, 8))
        layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True, activation="gelu", norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], dim=1) + self.pos
        return self.head(self.encoder(x)[:, 0])


class VAE(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(9, 7), nn.ReLU())
        self.mu, self.logvar = nn.Linear(7, 2), nn.Linear(7, 2)
        self.decoder = nn.Sequential(nn.Linear(2, 7), nn.ReLU(), nn.Linear(7, 9), nn.Sigmoid())

    def forward(self, x, eps):
        h = self.encoder(x)
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.exp(0.5 * logvar) * eps
        kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
        return F.binary_cross_entropy(self.decoder(z), x, reduction="sum") + kl


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.GroupNorm(2, 4), nn.SiLU())
        self.pool = nn.MaxPool2d(2)
        self.middle = nn.Sequential(nn.Conv2d(4, 8, 3, padding=1), nn.LeakyReLU(0.2))
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.out = nn.Conv2d(8, 1, 1)

    def forward(self, x, y):
        skip = self.down(x)
        x = self.up(self.middle(self.pool(skip)))
        logits = self.out(torch.cat([x, skip], dim=1))
        p = torch.sigmoid(logits)
        dice = 1 - (2 * (p * y).sum() + 1) / (p.sum() + y.sum() + 1)
        return F.binary_cross_entropy_with_logits(logits, y) + dice


class SkipGram(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.centre, self.context = nn.Embedding(10, 4), nn.Embedding(10, 4)

    def forward(self, centre, positive, negative):
        v = self.centre(centre)
        good = F.logsigmoid((v * self.context(positive)).sum(1))
        bad = F.logsigmoid(-torch.bmm(self.context(negative), v.unsqueeze(2)).squeeze(2)).sum(1)
        return -(good + bad).mean()


class GCN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(5, 6) * 0.3)
        self.w2 = nn.Parameter(torch.randn(6, 3) * 0.3)

    def forward(self, x, adjacency, y, mask):
        a = adjacency + torch.eye(adjacency.shape[0])
        d = a.sum(1).rsqrt()
        a = d[:, None] * a * d[None, :]
        logits = a @ F.elu(a @ x @ self.w1) @ self.w2
        losses = F.cross_entropy(logits, y, reduction="none")
        return (losses * mask).sum() / mask.sum()


class PPO(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 8), nn.Tanh())
        self.policy, self.value = nn.Linear(8, 3), nn.Linear(8, 1)

    def forward(self, state, action, old, advantage, returns):
        h = self.body(state)
        logp = F.log_softmax(self.policy(h), dim=-1)
        ratio = (logp.gather(1, action[:, None]).squeeze(1) - old).exp()
        clipped = torch.clamp(ratio, 0.8, 1.2) * advantage
        policy = -torch.min(ratio * advantage, clipped).mean()
        entropy = -(logp.exp() * logp).sum(-1).mean()
        return policy + 0.5 * F.mse_loss(self.value(h).squeeze(-1), returns) - 0.01 * entropy


class Experts(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gate = nn.Linear(5, 3)
        self.experts = nn.ModuleList(nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 2)) for _ in range(3))

    def forward(self, x):
        weights, chosen = torch.topk(F.softmax(self.gate(x), dim=-1), 2)
        weights = weights / weights.sum(-1, keepdim=True)
        outs = torch.stack([expert(x) for expert in self.experts], dim=1)
        picked = torch.gather(outs, 1, chosen[..., None].expand(-1, -1, 2))
        return (weights[..., None] * picked).sum(1)


class MobileBlock(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.expand = nn.Sequential(nn.Conv2d(4, 8, 1, bias=False), nn.BatchNorm2d(8), nn.Hardswish())
        self.depthwise = nn.Sequential(
            nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False), nn.BatchNorm2d(8), nn.ReLU6()
        )
        self.squeeze = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 2, 1), nn.ReLU(), nn.Conv2d(2, 8, 1), nn.Hardsigmoid()
        )
        self.project = nn.Sequential(nn.Conv2d(8, 4, 1, bias=False), nn.BatchNorm2d(4))

    def forward(self, x):
        h = self.depthwise(self.expand(x))
        return x + self.project(h * self.squeeze(h))


class Siamese(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 5), nn.PReLU(), nn.Linear(5, 3))

    def forward(self, anchor, positive, negative):
        a, p, n = (F.normalize(self.net(t), dim=1) for t in (anchor, positive, negative))
        return F.triplet_margin_loss(a, p, n, margin=0.5)


class RNNLM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(8, 5)
        self.rnn = nn.RNN(5, 6, batch_first=True, nonlinearity="relu")
        self.norm = nn.LayerNorm(6)
        self.head = nn.Linear(6, 8)

    def forward(self, x):
        out, _ = self.rnn(self.embed(x[:, :-1]))
        return F.nll_loss(F.log_softmax(self.head(self.norm(out)), -1).transpose(1, 2), x[:, 1:])


class Diffusion(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        betas = torch.linspace(1e-4, 0.02, 10)
        self.register_buffer("alpha_bar", torch.cumprod(1 - betas, 0))
        self.time = nn.Embedding(10, 4)
        self.net = nn.Sequential(nn.Linear(8, 16), nn.Mish(), nn.Linear(16, 4))

    def forward(self, x, t, noise):
        a = self.alpha_bar[t][:, None]
        noisy = a.sqrt() * x + (1 - a).sqrt() * noise
        return F.smooth_l1_loss(self.net(torch.cat([noisy, self.time(t)], 1)), noise)


def lessons() -> Iterator[tuple[str, Lesson]]:
    """All modules by name; drawn anew with each call."""
    torch.manual_seed(0)
    r, labels = torch.randn, torch.randint
    yield "mlp", Lesson(MLP(), (r(5, 6), labels(0, 3, (5,))))
    y = labels(0, 10, (2,))
    yield "lenet", Lesson(LeNet(), (r(2, 1, 28, 28),), lambda out, y=y: F.cross_entropy(out, y))
    yield "resnet", Lesson(ResNet((1, 2), 4, 3), (r(2, 3, 24, 24),), lambda out: (out**2).mean())
    yield "resnet_eval", Lesson(ResNet((1, 1), 4, 3).eval(), (r(2, 3, 24, 24),), lambda out: out.logsumexp(1).sum())
    tags = labels(0, 3, (2, 4))
    yield (
        "tagger",
        Lesson(Tagger(), (labels(0, 12, (2, 4)),), lambda out, y=tags: F.cross_entropy(out.flatten(0, 1), y.flatten())),
    )
    yield "seq2seq", Lesson(Seq2Seq(), (labels(0, 9, (4, 2)), labels(0, 9, (3, 2))))
    yield "gpt", Lesson(GPT(), (labels(0, 11, (2, 5)), labels(0, 11, (2, 5))))
    yield "vit", Lesson(ViT(), (r(2, 3, 8, 8),), lambda out: F.multi_margin_loss(out, torch.tensor([0, 3])))
    yield "vae", Lesson(VAE(), (torch.rand(3, 9), r(3, 2)))
    yield "unet", Lesson(UNet(), (r(2, 1, 8, 8), labels(0, 2, (2, 1, 8, 8)).to(torch.get_default_dtype())))
    yield "skipgram", Lesson(SkipGram(), (labels(0, 10, (4,)), labels(0, 10, (4,)), labels(0, 10, (4, 3))))
    adjacency = (torch.rand(6, 6) < 0.4).to(torch.get_default_dtype())
    mask = torch.tensor([1.0, 1, 0, 1, 0, 1])
    yield "gcn", Lesson(GCN(), (r(6, 5), ((adjacency + adjacency.T) > 0) * 1.0, labels(0, 3, (6,)), mask))
    yield "ppo", Lesson(PPO(), (r(7, 4), labels(0, 3, (7,)), -torch.rand(7) - 0.5, r(7), r(7)))
    yield "experts", Lesson(Experts(), (r(4, 5),), lambda out: out.square().sum())
    yield "mobile", Lesson(MobileBlock(), (r(2, 4, 6, 6),), lambda out: out.abs().mean())
    yield "siamese", Lesson(Siamese(), (r(4, 6), r(4, 6), r(4, 6)))
    yield "rnn_lm", Lesson(RNNLM(), (labels(0, 8, (3, 5)),))
    yield "diffusion", Lesson(Diffusion(), (r(3, 4), labels(0, 10, (3,)), r(3, 4)))
