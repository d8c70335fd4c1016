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
