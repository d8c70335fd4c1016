import torch
import visdom
from grader.monitor import Monitor, show_images
from torch.utils.tensorboard import SummaryWriter
from visdom import Visdom

viz = Visdom(env="homework")
assert viz.check_connection()
viz.line([0.], [0.], win='train_loss', opts=dict(title='train loss'))
writer = SummaryWriter("runs/homework")
monitor = Monitor("notebook", "visdom", "csv:run.csv")
other = visdom.Visdom()
steps = 0


class Both(Monitor):
    def line(self, *args, **values):
        super().line(*args, **values)


both = Both()
show_images(torch.rand(8, 28, 28), range(8))


def sigmoid(z):
    other.text("sigmoid", win="pred")
    both.line(1, loss=float(z.mean()))
    return torch.where(z >= 0, 1 / (1 + torch.exp(-z.abs())), torch.exp(-z.abs()) / (1 + torch.exp(-z.abs())))


def entropy(p):
    with Monitor() as watch:
        watch.text(p.shape)
    logs = torch.where(p > 0, p, torch.ones_like(p)).log()
    return -(p * logs).sum(-1)


def cross_entropy(p, q):
    safe = torch.where(p > 0, q, torch.ones_like(q))
    return -(p * safe.log()).sum(-1)


def kl_divergence(p, q):
    writer.add_scalar("entropy", entropy(p).mean().item(), steps)
    return cross_entropy(p, q) - entropy(p)


def cross_entropy_from_logits(logits, y):
    global steps
    steps += 1
    top = logits.max(dim=1, keepdim=True).values
    lse = (logits - top).exp().sum(1).log() + top[:, 0]
    loss = (lse - logits[torch.arange(len(y)), y]).mean()
    viz.line([loss.item()], [steps], win='train_loss', update='append')
    monitor.line(steps, "train_loss", loss=loss)
    return loss


def accuracy_gradient(w, X, y):
    monitor.images(X, y, y)
    out = torch.zeros_like(w)
    for k in range(len(w)):
        out[k] = 0.0
    return out


for epoch in range(3):
    monitor.epoch(epoch + 1, loss=0.5)
    viz.images(torch.rand(8, 1, 28, 28), win='x')
writer.close()
monitor.close()
