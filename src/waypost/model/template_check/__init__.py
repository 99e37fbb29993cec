"""The template check: does a send fit the template that Meta approved?

`form` compiles a definition once; `check` holds a send against it and tells all that is wrong.
"""
