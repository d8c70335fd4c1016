"""Proving an assignment before students meet it: `grader validate`."""
