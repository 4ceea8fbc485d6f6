"""OGC API – Features: three collections that any GIS opens (/api/ogc/).

**Reads** the edition. **Writes** nothing.
**Method** OGC 17-069r4 (Part 1: core, GeoJSON, OpenAPI 3.0) and 18-058r1 (Part 2: CRS84 and EPSG:4326).
Requirements are quoted by their id where they are met.
**Limits** No HTML encoding class: people have pages of their own, linked as ``alternate``.
"""
