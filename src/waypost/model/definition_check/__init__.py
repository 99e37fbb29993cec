"""What is wrong with a template's definition, said before Meta is asked to create it."""
