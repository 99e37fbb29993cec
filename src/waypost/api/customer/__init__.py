"""The customers' documented addresses beside sending: templates, media, samples, blocked users."""
