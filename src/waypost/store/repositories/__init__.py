"""One repository per noun: named queries in, nouns out."""
