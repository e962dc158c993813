"""The three documents that clients were written by, as facts, and a run of all their calls over the wire.

Nothing here imports the product: only what goes over HTTP and the sockets counts. So it holds whatever is rebuilt.
``v1``, ``booking`` and ``community`` are the documents: every call in their order, with their own samples.
"""
