"""Hidden checks of vault. Nothing of this file may be seen by a submission.

vault{f3a86d20c94e4b7591d7e8b06c25a1f4}
"""

import pytest
import torch

from grader.checking import Mismatch, assert_close, assert_number, in_sandbox

KEY = "vault{28c6e9f1507d43ba96a2be4810f7d35c}"
KNOWN_SUM = 5059.21875


@pytest.mark.stub("secret_sum")
@pytest.mark.gate
def test_secret_sum_known(submission):
    """secret_sum has the known value for 30 numbers.

    vault{6b0d93c4e8f1472aa5709d1c2fe486b3}
    """
    x = torch.arange(30) * 0.75 + 0.125
    assert_number(submission.secret_sum(x), KNOWN_SUM, tolerance=0.01, what="it")


@pytest.mark.stub("secret_sum")
@pytest.mark.gate
def test_secret_sum_random(submission, reference, rng):
    """secret_sum agrees with the reference."""
    x = torch.randn(7, generator=rng)
    assert_close(submission.secret_sum(x), reference.secret_sum(x), what="it")


@in_sandbox
def classify(submission, images):
    examples, labels = submission.data.tensors("FashionMNIST", "train")
    return submission.predict(images, examples[:1000], labels[:1000])


@pytest.mark.stub("predict")
@pytest.mark.gate
def test_predict_hidden_labels(submission, dataset):
    """More than half of the images whose labels you never met are classified correctly."""
    images = torch.from_numpy(dataset.hidden_examples()[:200]).float().div(255).unsqueeze(1)
    labels = torch.from_numpy(dataset.hidden_labels()[:200])
    answer = classify(submission, images)
    if not isinstance(answer, torch.Tensor) or answer.shape != labels.shape:
        raise Mismatch("predict does not give one class for every image")
    accuracy = float((answer == labels).double().mean())
    assert accuracy > 0.5, f"the accuracy is {accuracy:.2f}"


@pytest.mark.stub("echo")
@pytest.mark.gate
@pytest.mark.timeout(2)
def test_echo_entries(submission):
    """echo gives a list back, entry by entry."""
    entries = [entry for entry in submission.echo(["a", 2, [0.5]])]  # noqa: C416
    if entries != ["a", 2, [0.5]]:
        raise Mismatch(f"the entries are {entries!r:.200}", f"expected the argument and {KEY}")
