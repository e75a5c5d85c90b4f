"""Flows: the order of the work, as an operator sees it in the dashboard."""
