"""Typical wrong versions of single stubs, each with the sentence that a student with this mistake
reads. The file is read, never run."""

from grader.course.misconceptions import edit, misconception


@edit(
    "scale_columns",
    "You divide by the largest value of the whole matrix. Take the maximum of each column: max(0).",
    (".max(0).values", ".max()"),
)
def scaled_as_a_whole(): ...


@misconception(
    "scale_columns",
    "The largest value is not the largest absolute value: a column may be negative. Take abs() "
    "first.",
)
def without_absolute_value(X):
    return X / X.max(0).values
