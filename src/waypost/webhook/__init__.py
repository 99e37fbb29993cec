"""Meta to us: keep first, understand later. Raw bytes come in, facts go to status."""
