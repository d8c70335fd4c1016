"""Look the images that are to be predicted up in the mounted data, labels beside them.

Expected: the hidden images are not in the public files.
"""

import torch

EXPECTED = {"predict": "failed"}
RAW = "data/FashionMNIST/raw/"


def predict(images, examples, labels):
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
