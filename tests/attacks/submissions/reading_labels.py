"""Give the hidden labels as predictions: from the system's data set, the grader's package, the
cache, the private half beside the mounted public one.

Expected: predict knows nothing and fails.
"""

import glob
import gzip
import lzma
import os
import sys

import torch

EXPECTED = {"predict": "failed"}


def predict(images, examples, labels):
    places = ["/usr/share/datasets/fashion-mnist", "../../private", "../private", "data/../../private"]
    places += [os.path.join(path, "grader/data/FashionMNIST") for path in sys.path]
    places += glob.glob("/*/.cache/grader/datasets/*/private")
    for place in places + [os.path.realpath("data") + "/../private"]:
        for path in glob.glob(place + "/t10k-labels*"):
            opened = {".gz": gzip.open, ".xz": lzma.open}.get(os.path.splitext(path)[1], open)
            try:
                data = opened(path, "rb").read()
            except OSError:
                continue
            print("BREACH:", path)
            return torch.tensor(list(data[-1600:][: len(images)]))
    return torch.zeros(len(images), dtype=torch.long)
