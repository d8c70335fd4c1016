# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
"""
# Activations

Each layer ends with one of these.
"""

# %%
import numpy as np


class Tensor:
    """Numbers in an array."""

    def __init__(self, data):
        self.data = np.array(data, dtype=float)


# %% [markdown]
"""
## ReLU
"""


# %% nbgrader={"grade": false, "grade_id": "relu-impl", "solution": true}
class ReLU:
    """max(0, x) for each number x."""

    def forward(self, x: Tensor) -> Tensor:
        """Apply ReLU to a tensor.

        TODO: write it with np.maximum.
        """
        ### BEGIN SOLUTION
        # the larger one of 0 and x
        result = np.maximum(0, x.data)
        return Tensor(result)
        ### END SOLUTION

    def backward(self, grad):
        """Comes in a later module."""
        pass


# %% nbgrader={"grade": true, "grade_id": "test-relu", "locked": true, "points": 10}
def test_unit_relu():
    """ReLU keeps what is positive, and makes 0 of the rest."""
    print("Unit test: ReLU...")
    relu = ReLU()
    result = relu.forward(Tensor([-2, 0, 3]))
    assert np.allclose(result.data, [0, 0, 3]), f"expected [0, 0, 3], got {result.data}"
    print("It works!")


test_unit_relu()


# %% nbgrader={"grade": false, "grade_id": "softmax-impl", "solution": true}
def softmax(x, axis=-1):
    """Turn numbers into weights that sum to 1."""
    ### BEGIN SOLUTION
    exponentials = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test-softmax", "locked": true, "points": 15}
def test_unit_softmax():
    """The weights of softmax sum to 1, for large numbers, too."""
    for numbers in ([1.0, 2.0, 3.0], [1000.0, 1001.0]):
        weights = softmax(np.array(numbers))
        assert np.allclose(weights.sum(), 1.0), "the weights should sum to 1"
        assert not np.any(np.isnan(weights))


if __name__ == "__main__":
    test_unit_softmax()


# %% nbgrader={"grade": false, "grade_id": "activation-demo", "solution": true}
def demonstrate():
    """Show all of them."""
    for name, activation in {"ReLU": ReLU()}.items():
        print(name, activation.forward(Tensor([-1, 1])).data)


demonstrate()
