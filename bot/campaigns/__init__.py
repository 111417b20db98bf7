"""The annual agreement: asked for, reminded of, acknowledged, summed up."""
