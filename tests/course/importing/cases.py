"""What becomes of each notebook beside this file; README.md says where its shape was seen."""

from __future__ import annotations

from typing import NamedTuple

LITTLE = "sentences that say little"


class Case(NamedTuple):
    """A notebook and what becomes of it. notes: what of each entry of the list. by_hand: for a file
    of the assignment, the text that the list asks to change, and what stands there then."""

    form: str
    path: str
    points: dict[str, float]
    public: int
    hidden: int
    notes: list[str]
    by_hand: dict[str, list[tuple[str, str]]]


CASES = {
    "ranking": Case(
        "nbgrader",
        "ranking/hw_1.ipynb",
        {"hits_at_2": 1, "recall_at_2": 2, "dcg": 12},
        4,
        3,
        ["a line for IPython", "a picture", "test_dcg_2: it measures time", LITTLE],
        {},
    ),
    "thresholds": Case(
        "nbgrader",
        "thresholds",
        {"clip_to_mean": 2, "slowest": 1},
        3,
        1,
        [
            "a line for IPython",
            "test_clip_copy: it looks at what a call does to its arguments",
            "a solution without marks",
            "test_slowest_hidden: it also runs `limit`",
            "a text answer, graded by a person (2 points)",
            "code that was graded by a person (1 point)",
            "a solution without marks",
            "a task, graded by a person (3 points)",
            "no test has these for its stub: limit",
            "only public checks: clip_to_mean",
            LITTLE,
        ],
        {},
    ),
    "activations": Case(
        "nbgrader",
        "activations/activations_dev.py",
        {"ReLU.forward": 10, "softmax": 15},
        2,
        0,
        [
            "test_relu: it makes an object of a class that students are given",
            "a solution without marks",
            "no test has these for its stub: demonstrate",
            "only public checks: ReLU.forward, softmax",
        ],
        {
            "assignments/activations/test_public.py": [
                ("import pytest\n", "import pytest\nfrom grader.checking import in_sandbox\n"),
                (
                    '@pytest.mark.stub("ReLU.forward")\n',
                    "@in_sandbox\n"
                    "def relu_of(submission, numbers):\n"
                    '    given = getattr(submission, "Tensor")(numbers)\n'
                    "    return submission.ReLU().forward(given).data\n\n\n"
                    '@pytest.mark.stub("ReLU.forward")\n',
                ),
                ("    relu = submission.ReLU()\n", ""),
                ("relu.forward(Tensor([-2, 0, 3]))", "relu_of(submission, [-2, 0, 3])"),
                ("result.data", "result"),
                (', f"expected [0, 0, 3], got {result}"', ""),
            ],
            "solutions/activations/test_hidden.py": [
                (
                    '(nbgrader)."""\n',
                    '(nbgrader)."""\n\n'
                    "import pytest\nimport torch\n\n"
                    "from grader.checking import assert_close, assert_same, in_sandbox\n\n\n"
                    "@in_sandbox\n"
                    "def relu_of(submission, numbers):\n"
                    '    given = getattr(submission, "Tensor")(numbers)\n'
                    "    return submission.ReLU().forward(given).data\n\n\n"
                    '@pytest.mark.stub("ReLU.forward")\n'
                    "def test_relu_random(submission, reference, rng):\n"
                    '    """ReLU works for any numbers."""\n'
                    "    numbers = torch.randn(3, 4, generator=rng).numpy()\n"
                    "    expected = relu_of(reference, numbers)\n"
                    "    assert_close(relu_of(submission, numbers), expected)\n\n\n"
                    '@pytest.mark.stub("softmax")\n'
                    "def test_softmax_random(submission, reference, rng):\n"
                    '    """softmax works row by row."""\n'
                    "    X = torch.randn(3, 4, generator=rng).numpy()\n"
                    '    assert_same(submission, reference, "softmax(x)", X)\n',
                )
            ],
        },
    ),
    "validation": Case(
        "otter",
        "validation/lab06.ipynb",
        {"X_valid": 0.5, "y_valid": 0.5, "errors_of": 1, "errors_by_slope": 2, "best_slope": 1},
        6,
        2,
        [
            "`files`: ['data']",
            "a line for IPython: `!pip install otter-grader`",
            "test_q1_1: it also runs `X_train`",
            "the text answer of the question q1_4, which a person graded (2 points)",
            "no test has these for its stub: is_valid, X_train, y_train",
            "only public checks: X_valid, y_valid, best_slope",
            LITTLE,
        ],
        {},
    ),
    "standardize": Case(
        "otter",
        "standardize/hw03.ipynb",
        {"num_features": 4, "standardize": 3, "Scale.apply": 1},
        2,
        4,
        [
            "a seed that is set before each cell",
            "all or nothing: question q1",
            "test_q2_hidden_3: it asks for gradients",
            LITTLE,
        ],
        {
            "solutions/standardize/test_hidden.py": [
                ("import torch\n", "import torch\nfrom grader.checking import in_sandbox\n"),
                (
                    '@pytest.mark.stub("standardize")\ndef test_q2_hidden_3',
                    "@in_sandbox\n"
                    "def gradient_of(submission, X):\n"
                    "    X.requires_grad_()\n"
                    "    submission.standardize(X).sum().backward()\n"
                    "    return X.grad\n\n\n"
                    '@pytest.mark.stub("standardize")\ndef test_q2_hidden_3',
                ),
                (
                    "    X = torch.tensor([[1.0], [4.0]], requires_grad=True)\n"
                    "    submission.standardize(X).sum().backward()\n",
                    "    gradient = gradient_of(submission, torch.tensor([[1.0], [4.0]]))\n",
                ),
                ("torch.allclose(X.grad,", "torch.allclose(gradient,"),
            ]
        },
    ),
    "old_form": Case(
        "otter",
        "old_form/hw01.ipynb",
        {"classes": 2, "normalized": 4},
        4,
        2,
        [
            "`requirements`: requirements.txt",
            "test_q2_2: it reads `shares` from the student's file",
            "a test of which the notebook does not show the value",
            "test_q2_3: it asserts nothing",
            "the text answer of the question q3, which a person graded (1 point)",
            LITTLE,
        ],
        {
            "assignments/old_form/test_public.py": [
                (
                    "    submission.normalized(np.array([2.0]))",
                    "    assert_close(submission.normalized(np.array([2.0])), [1.0])",
                )
            ]
        },
    ),
}
