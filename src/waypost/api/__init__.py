"""HTTP for customers: authenticate, translate with wire, call one stage, answer."""
