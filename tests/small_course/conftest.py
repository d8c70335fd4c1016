"""A course for tests of the commands; its checks are for the grader, not for this test run."""

collect_ignore = ["assignments", "solutions"]
