"""What agencies have in common that take one article in a request, and answer at once what became of it.

Their files are lists of JSON documents, one for each article. To send an article twice changes nothing, so a file that
was sent in part is sent again whole.
"""
