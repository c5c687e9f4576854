import torch
import torch.nn as nn
import torch.nn.functional as F

gamma = 0.99
state = torch.randn(4, 3)
next_state = torch.randn(4, 3)
action = torch.randint(0, 2, (4, 1))
reward = torch.randn(4)
done = torch.tensor([0.0, 1.0, 0.0, 0.0])


class DQN(nn.Module):
    def __init__(self, n_observations, n_actions):
        super().__init__()
        self.layer1 = nn.Linear(n_observations, 8)
        self.layer2 = nn.Linear(8, n_actions)

    def forward(self, x):
        x = F.relu(self.layer1(x))
        return self.layer2(x)


policy_net = DQN(3, 2)
target_net = DQN(3, 2)
q = policy_net(state).gather(1, action)
with torch.no_grad():
    next_values = target_net(next_state).max(1).values
expected = (next_values * gamma) * (1 - done) + reward
criterion = nn.SmoothL1Loss()
loss = criterion(q, expected.unsqueeze(1))
loss.backward()
