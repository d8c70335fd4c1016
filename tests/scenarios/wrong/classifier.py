"""Wrong programs that are not in the bank; the second word of each says which entry of the bank
behaves like it, or "unlisted"."""


@misconception("quick_validation_loss", "quick_loss_of_last_batch")
def pops_the_last(batch_losses):
    return list(batch_losses).pop()


@misconception("validation_loss", "exact_loss_is_quick")
def does_not_correct(quick, last, num_examples, batch_size):
    return quick * 1.0


@misconception("validation_loss", "exact_loss_halfway")
def average_of_both(quick, last, num_examples, batch_size):
    return (quick + last) / 2


@misconception("optimal_decision", "decision_most_probable")
def ignores_the_costs(p, loss_matrix):
    return int(torch.sort(p, descending=True).indices[0])


@misconception("optimal_decision", "decision_worst")
def dearest(p, loss_matrix):
    costs = (p[:, None] * loss_matrix).sum(0)
    return int((-costs).argmin())


@misconception("validation_loss", "unlisted")
def last_batch_is_forgotten(quick, last, num_examples, batch_size):
    batches = -(-num_examples // batch_size)
    return (quick * batches - last) / batches


@misconception("Classifier.loss", "loss_detached")
def detached_logits(self, y_hat, y, averaged=True):
    return nn.functional.cross_entropy(y_hat.detach(), y, reduction="mean" if averaged else "none")


@misconception("Classifier.loss", "unlisted")
def negative_loss(self, y_hat, y, averaged=True):
    l = -nn.functional.cross_entropy(y_hat, y, reduction="none")
    return l.mean() if averaged else l


@misconception("Classifier.validation_step", "step_with_first_input")
def unpacks_a_pair(self, batch):
    X, y = batch
    y_hat = self(X)
    return {"loss": self.loss(y_hat, y), "acc": self.accuracy(y_hat, y)}


@misconception("Classifier.configure_optimizers", "optimizer_without_biases")
def matrices_only(self):
    return torch.optim.SGD([p for p in self.parameters() if p.dim() > 1], lr=self.lr)


@misconception("quick_validation_loss", "quick_loss_median")
def middle_of_the_sorted(batch_losses):
    return sorted(batch_losses)[len(batch_losses) // 2]
