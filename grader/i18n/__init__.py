"""The words of messages in the reader's language."""
