import torch
# café
def softmax(X):
    return X
