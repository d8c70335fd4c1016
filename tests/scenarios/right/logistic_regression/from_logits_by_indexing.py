"""logsumexp and advanced indexing, labels first, a mean by hand."""

def cross_entropy_from_logits(labels, logits):
    losses = logits.logsumexp(-1) - logits[torch.arange(len(labels)), labels]
    return torch.sum(losses) / losses.numel()
