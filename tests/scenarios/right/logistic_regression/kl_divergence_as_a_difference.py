"""The identity of document 002, the other way round, with keyword arguments."""

def kl_divergence(p, q):
    return cross_entropy(p=p, q=q) - entropy(p=p)
