"""The GraphQL API. Imports messaging and models.

A request walks from ``schema`` (what there is, who passes) to ``resolvers`` (what answers), which
return rows of ``messaging``; the schema's classes give the rows their GraphQL type.
"""
