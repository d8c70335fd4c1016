"""Material of these tests that pytest must not collect: a course, and code that nobody may run."""

collect_ignore = ["course", "neighbours", "submissions"]
