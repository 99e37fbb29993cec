"""The template check: whether a send fits the template that Meta approved.

`form` compiles a definition once; `check` holds a send against it and tells all that is wrong.
"""
