"""A course of data sets that packages bring; its checks are for the grader, not for this run."""

collect_ignore = ["assignments", "solutions"]
