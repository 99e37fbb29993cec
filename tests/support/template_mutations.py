"""Ways to break a valid send of the grammar: each with Meta's code for it, and where it is wrong.

A mutation changes a send in place and tells where: a JSON pointer below the template object. It
gives None where a send has nothing of what it would change.
"""

from support import button_mutations, text_mutations
from support.template_breaking import MUTATIONS, Broken, Mutation, broken, samples_for

__all__ = ["MUTATIONS", "Broken", "Mutation", "broken", "samples_for"]

# They register themselves when they are read.
assert text_mutations.MUTATIONS is MUTATIONS
assert button_mutations.MUTATIONS is MUTATIONS
