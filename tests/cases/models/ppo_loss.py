import torch
import torch.nn as nn
import torch.nn.functional as F

eps_clip = 0.2
states = torch.randn(5, 4)
actions = torch.randint(0, 3, (5,))
old_logprobs = torch.randn(5)
advantages = torch.randn(5)
returns = torch.randn(5)
actor = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3), nn.Softmax(dim=-1))
critic = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
probs = actor(states)
logprobs = torch.log(probs.gather(1, actions.unsqueeze(1)).squeeze(1))
entropy = -(probs * torch.log(probs + 1e-8)).sum(dim=1)
ratios = torch.exp(logprobs - old_logprobs.detach())
surr1 = ratios * advantages
surr2 = torch.clamp(ratios, 1 - eps_clip, 1 + eps_clip) * advantages
loss = (
    -torch.min(surr1, surr2) + 0.5 * F.mse_loss(critic(states).squeeze(), returns, reduction="none") - 0.01 * entropy
).mean()
loss.backward()
