"""The process and its senses; knows nothing of messages."""
