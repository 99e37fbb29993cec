"""The operator's API: `/v1/admin/...`, and the document that describes every address."""
