"""The classes of d2l 1.0: models, their data and what trains them."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from d2l.datasets import ROOT, FashionImages, get_fashion_mnist_labels
from d2l.drawing import ProgressBoard, show_images
from d2l.training import gpu


def add_to_class(cls: type) -> Callable[[Callable[..., Any]], None]:
    """Make a decorator that adds a function to a class as a method."""
    return lambda function: setattr(cls, function.__name__, function)


class HyperParameters:
    """Can keep the arguments of its __init__."""

    def save_hyperparameters(self, ignore: Sequence[str] = ()) -> None:
        """Keep the arguments of the calling __init__ as attributes, and all in `hparams`."""
        given = sys._getframe(1).f_locals.items()
        unwanted = {"self", *ignore}
        self.hparams = {k: v for k, v in given if k not in unwanted and not k.startswith("_")}
        for name, value in self.hparams.items():
            setattr(self, name, value)


class Module(nn.Module, HyperParameters):
    """Base of models: a subclass gives `loss`, and `net` or `forward`."""

    def __init__(self, plot_train_per_epoch: float = 2, plot_valid_per_epoch: float = 1) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.board = ProgressBoard()

    def loss(self, y_hat: Any, y: Any) -> Any:
        """Not known here."""
        raise NotImplementedError("the model has no method `loss`")

    def forward(self, X: Tensor) -> Any:
        """Return the predictions of self.net."""
        return self.net(X)

    def plot(self, key: str, value: Any, train: bool) -> None:
        """Keep a point of a curve on the board; without a trainer do nothing."""
        trainer = getattr(self, "trainer", None)
        if trainer is None:
            return
        self.board.xlabel = "epoch"
        if train:
            x = trainer.train_batch_idx / trainer.num_train_batches
            every = trainer.num_train_batches / self.plot_train_per_epoch
        else:
            x = trainer.epoch + 1
            every = trainer.num_val_batches / self.plot_valid_per_epoch
        self.board.draw(x, value, ("train_" if train else "val_") + key, int(every))

    def training_step(self, batch: Sequence[Any]) -> Any:
        """Return the loss of a batch, whose last element are the labels."""
        value = self.loss(self(*batch[:-1]), batch[-1])
        self.plot("loss", value, train=True)
        return value

    def validation_step(self, batch: Sequence[Any]) -> Any:
        """Plot the loss of a batch."""
        self.plot("loss", self.loss(self(*batch[:-1]), batch[-1]), train=False)

    def configure_optimizers(self) -> Any:
        """Return gradient descent with the step self.lr."""
        return torch.optim.SGD(self.parameters(), lr=self.lr)

    def apply_init(self, inputs: Sequence[Any], init: Callable[[Any], Any] | None = None) -> None:
        """Give lazy layers their shapes by one call, then initialise self.net."""
        self.forward(*inputs)
        if init is not None:
            self.net.apply(init)


class DataModule(HyperParameters):
    """Base of data: a subclass gives `get_dataloader(train)`, and `batch_size`."""

    def __init__(self, root: str = ROOT, num_workers: int = 0) -> None:
        self.save_hyperparameters()

    def get_dataloader(self, train: bool) -> Any:
        """Not known here."""
        raise NotImplementedError("the data have no method `get_dataloader`")

    def train_dataloader(self) -> Any:
        """Return the batches to train on."""
        return self.get_dataloader(train=True)

    def val_dataloader(self) -> Any:
        """Return the batches to validate on."""
        return self.get_dataloader(train=False)

    def get_tensorloader(
        self, tensors: Iterable[Tensor], train: bool, indices: Any = slice(0, None)
    ) -> DataLoader:
        """Return the batches of some examples of tensors, shuffled for training."""
        picked = TensorDataset(*(tensor[indices] for tensor in tensors))
        return DataLoader(picked, self.batch_size, shuffle=train)


class Trainer(HyperParameters):
    """Trains a Module on a DataModule, on the first GPUs if num_gpus says so and there are any."""

    def __init__(self, max_epochs: int, num_gpus: int = 0, gradient_clip_val: float = 0) -> None:
        self.save_hyperparameters()
        self.gpus = [gpu(i) for i in range(min(num_gpus, torch.cuda.device_count()))]

    def prepare_data(self, data: DataModule) -> None:
        """Take the batches of the data."""
        self.train_dataloader = data.train_dataloader()
        self.val_dataloader = data.val_dataloader()
        self.num_train_batches = len(self.train_dataloader)
        self.num_val_batches = 0 if self.val_dataloader is None else len(self.val_dataloader)

    def prepare_model(self, model: Any) -> None:
        """Take a model, and let it know its trainer."""
        model.trainer = self
        model.board.xlim = [0, self.max_epochs]
        self.model = model.to(self.gpus[0]) if self.gpus else model

    def prepare_batch(self, batch: Sequence[Any]) -> Sequence[Any]:
        """Bring a batch to where the model is."""
        return [part.to(self.gpus[0]) for part in batch] if self.gpus else batch

    def fit(self, model: Any, data: DataModule) -> None:
        """Train for max_epochs epochs."""
        self.prepare_data(data)
        self.prepare_model(model)
        self.optim = model.configure_optimizers()
        self.epoch = self.train_batch_idx = self.val_batch_idx = 0
        while self.epoch < self.max_epochs:
            self.fit_epoch()
            self.epoch += 1

    def fit_epoch(self) -> None:
        """Train on all batches once, then validate."""
        self.model.train()
        for batch in self.train_dataloader:
            loss = self.model.training_step(self.prepare_batch(batch))
            self.optim.zero_grad()
            loss.backward()
            if self.gradient_clip_val > 0:
                self.clip_gradients(self.gradient_clip_val, self.model)
            self.optim.step()
            self.train_batch_idx += 1
        self.model.eval()
        for batch in self.val_dataloader or ():
            with torch.no_grad():
                self.model.validation_step(self.prepare_batch(batch))
            self.val_batch_idx += 1

    def clip_gradients(self, grad_clip_val: float, model: nn.Module) -> None:
        """Shorten the gradient of all parameters together to a length."""
        nn.utils.clip_grad_norm_(list(model.parameters()), grad_clip_val)


class SGD(HyperParameters):
    """Gradient descent on some tensors, without a batch size."""

    def __init__(self, params: Iterable[Tensor], lr: float) -> None:
        self.save_hyperparameters()

    def step(self) -> None:
        """Make one step in place."""
        with torch.no_grad():
            for param in self.params:
                param.sub_(self.lr * param.grad)

    def zero_grad(self) -> None:
        """Clear the gradients."""
        for param in self.params:
            param.grad = None


class SyntheticRegressionData(DataModule):
    """Examples X, y of a line: y = Xw + b + noise, of shape (n, 1)."""

    def __init__(
        self,
        w: Tensor,
        b: Tensor | float,
        noise: float = 0.01,
        num_train: int = 1000,
        num_val: int = 1000,
        batch_size: int = 32,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.X = torch.randn(num_train + num_val, len(w))
        noises = noise * torch.randn(num_train + num_val, 1)
        self.y = self.X @ w.reshape(-1, 1) + b + noises

    def get_dataloader(self, train: bool) -> DataLoader:
        """Return the batches of the first num_train examples, or of the others."""
        first = self.num_train
        indices = slice(0, first) if train else slice(first, None)
        return self.get_tensorloader((self.X, self.y), train, indices)


class LinearRegressionScratch(Module):
    """Linear regression by its tensors w, from N(0, sigma), and b."""

    def __init__(self, num_inputs: int, lr: float, sigma: float = 0.01) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.w = torch.normal(0, sigma, (num_inputs, 1), requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def forward(self, X: Tensor) -> Tensor:
        """Return Xw + b."""
        return X @ self.w + self.b

    def loss(self, y_hat: Tensor, y: Tensor) -> Tensor:
        """Return the mean of half the squared errors."""
        return ((y_hat - y) ** 2 / 2).mean()

    def configure_optimizers(self) -> SGD:
        """Return gradient descent on w and b."""
        return SGD([self.w, self.b], self.lr)


class LinearRegression(Module):
    """Linear regression by a layer of PyTorch."""

    def __init__(self, lr: float) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.LazyLinear(1)

    def loss(self, y_hat: Tensor, y: Tensor) -> Tensor:
        """Return the mean squared error."""
        return functional.mse_loss(y_hat, y)

    def get_w_b(self) -> tuple[Tensor, Tensor]:
        """Return the weight (1, p) and the bias (1,)."""
        return self.net.weight.data, self.net.bias.data


class FashionMNIST(DataModule):
    """The images of Fashion-MNIST in ../data, of a size."""

    def __init__(self, batch_size: int = 64, resize: tuple[int, int] = (28, 28)) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.train = FashionImages(self.root, True, resize)
        self.val = FashionImages(self.root, False, resize)

    def text_labels(self, indices: Iterable[Any]) -> list[str]:
        """Turn class numbers into words."""
        return get_fashion_mnist_labels(indices)

    def get_dataloader(self, train: bool) -> DataLoader:
        """Return the batches to train on, shuffled, or those to validate on."""
        size = self.batch_size
        return DataLoader(self.train if train else self.val, size, shuffle=train)

    def visualize(
        self, batch: Sequence[Any], nrows: int = 1, ncols: int = 8, labels: Sequence[str] = ()
    ) -> None:
        """Show the images of a batch."""
        X, y = batch
        show_images(X.squeeze(1), nrows, ncols, titles=labels or self.text_labels(y))


class Classifier(Module):
    """Base of models whose predictions are scores (…, c) and whose labels are classes."""

    def validation_step(self, batch: Sequence[Any]) -> Any:
        """Plot loss and accuracy of a batch."""
        y_hat = self(*batch[:-1])
        self.plot("loss", self.loss(y_hat, batch[-1]), train=False)
        self.plot("acc", self.accuracy(y_hat, batch[-1]), train=False)

    def accuracy(self, y_hat: Tensor, y: Tensor, averaged: bool = True) -> Tensor:
        """Return the fraction of correct predictions, or 1.0 and 0.0 for each."""
        classes = y_hat.reshape(-1, y_hat.shape[-1]).argmax(dim=1)
        correct = (classes.to(y.dtype) == y.reshape(-1)).float()
        return correct.mean() if averaged else correct

    def loss(self, y_hat: Tensor, y: Tensor, averaged: bool = True) -> Tensor:
        """Return the mean cross entropy of logits, or that of each prediction."""
        scores = y_hat.reshape(-1, y_hat.shape[-1])
        reduction = "mean" if averaged else "none"
        return functional.cross_entropy(scores, y.reshape(-1), reduction=reduction)


class SoftmaxRegression(Classifier):
    """Softmax regression by a layer of PyTorch."""

    def __init__(self, num_outputs: int, lr: float) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten(), nn.LazyLinear(num_outputs))

    def forward(self, X: Tensor) -> Tensor:
        """Return the logits (n, num_outputs)."""
        return self.net(X)
