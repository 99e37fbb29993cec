"""The edges of the Graph API, by object."""
