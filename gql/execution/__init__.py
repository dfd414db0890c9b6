"""How operations run: graphql-core's executor, with the completion of values compiled.

``executor`` takes over where graphql-core has resolved a root field; ``operations`` keeps what was
compiled; ``completion`` makes completers for values, ``leaves`` those for scalars and enums,
``written`` one for the fields of a row; ``reading`` says how a field's value is had; ``run`` is one
walk over the value of one root field. ``documents`` remembers what was parsed and found valid.

What is not compiled is graphql-core's: which fields are selected, arguments, the root resolvers
with their gates, the order of a mutation's fields, and every error.
"""
