"""The school pages: what head, deputy, office and IT do in a browser, through the same desk as chat."""
