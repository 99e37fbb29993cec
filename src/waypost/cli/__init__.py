"""The operator's hand: verbs on nouns, each calling the same stage as the API."""
