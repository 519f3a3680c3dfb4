"""One cell to one value, by kind. Pure functions: a value, or a `Flawed` that says what is wrong with it.

The rule of all of them: a value leaves here as it was typed, or a finding says how it was read.
"""
