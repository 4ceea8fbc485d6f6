"""What machines read: the API, the OGC features, feeds, catalogues, the health page.

Everything here answers from the edition being served; nothing asks for a key. ``urls.py`` lists it all.
"""
