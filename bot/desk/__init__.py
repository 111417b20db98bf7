"""Routes what came in to the part of Staffroom that answers it."""
