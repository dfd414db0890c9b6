"""The schema: types, inputs, the three roots. Only declarations; what answers is in resolvers."""
