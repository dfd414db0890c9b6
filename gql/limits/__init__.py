"""What a request may be and cost, all of it found in time linear in the request.

``table`` has the numbers; ``parsing`` reads a document within them; ``counting`` looks at each part
of it once; ``weighing`` says how deep its operations go and what they cost, by the ``sizes`` of
lists; ``validation`` is graphql-core's, with an end; ``variables`` bounds what comes beside the
document; ``telling`` keeps errors short, and silent of what the client may not know.
"""
