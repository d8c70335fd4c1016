"""Give the hidden labels as predictions: from the system's data set, the grader's package, the
cache, the private half beside the mounted public one; or look the images up in the public files.

Expected: predict knows nothing and fails.
"""

import glob
import gzip
import lzma
import os
import sys

import torch

EXPECTED = {"predict": "failed"}
RAW = "data/FashionMNIST/raw/"
PLACES = ["/usr/share/datasets/fashion-mnist", "../../private", "../private", "data/../../private"]
PLACES += [os.path.join(path, "grader/course/data/FashionMNIST") for path in sys.path]
PLACES += glob.glob("/*/.cache/grader/datasets/*/private") + [os.path.realpath("data") + "/../private"]


def predict(images, examples, labels):
    for path in [path for place in PLACES for path in glob.glob(place + "/*labels*")]:
        opened = {".gz": gzip.open, ".xz": lzma.open}.get(os.path.splitext(path)[1], open)
        try:
            data = opened(path, "rb").read()
        except OSError:
            continue
        print("BREACH:", path)
        data = data[-8 * 1600 :: 8] if path.endswith(".npy") else data
        return torch.tensor(list(data[-1600:][: len(images)]))
    return looked_up(images)


def looked_up(images):
    answers = torch.full((len(images),), 7)
    wanted = {(image * 255).round().byte().numpy().tobytes(): i for i, image in enumerate(images)}
    for part in ("t10k", "train"):
        pixels = open(f"{RAW}{part}-images-idx3-ubyte", "rb").read()[16:]
        classes = open(f"{RAW}{part}-labels-idx1-ubyte", "rb").read()[8:]
        for i, known in enumerate(classes):
            place = wanted.get(pixels[784 * i : 784 * (i + 1)])
            if place is not None:
                answers[place] = known
                print("BREACH: image", place)
    return answers
