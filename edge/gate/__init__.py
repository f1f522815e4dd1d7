"""Faces of one camera become passages: quality, association, fusion, decision."""
