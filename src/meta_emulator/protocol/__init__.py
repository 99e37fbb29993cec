"""How the Graph API speaks: requests and answers, errors, fields, pages, forms."""
