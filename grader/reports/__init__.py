"""Renderers: from records and grades to what people and machines read. They run nothing."""
