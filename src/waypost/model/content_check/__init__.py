"""Free-form contents held against Meta's rules for them: values in, findings out."""
